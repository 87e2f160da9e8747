import { fileURLToPath } from "node:url";
import { build } from "esbuild";

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
    // The driver's optional native half is neither wanted nor there.
    external: ["pg-native", "pg-cloudflare"],
  });
  return outputFiles[0]!.text;
}
