import { fileURLToPath } from "node:url";
import { build } from "esbuild";

/** Packages that the drivers use where they are there, and do without where not. */
export const OPTIONAL = ["pg-native", "pg-cloudflare", "supports-color"];

/** The agent and everything it imports as one file, so that it runs in any image that has Node.js. */
export async function bundleAgent(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL("./main.ts", import.meta.url))],
    bundle: true,
    write: false,
    platform: "node",
    target: "node20",
    format: "cjs",
    // A ConfigMap holds 1 MiB at most.
    minify: true,
    external: OPTIONAL,
  });
  return outputFiles[0]!.text;
}
