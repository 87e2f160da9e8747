import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { localPath, repository } from "../paths";
import { VERSIONS } from "../versions";
import { contents } from "./inputs";
import type { Step } from "./step";

/** Module that the stand-in for `docker` shares with the program. */
const DIGEST = join(repository, "images/context-digest.ts");

/**
 * Builds the stand-in for an official Pulumi plugin: one bundled file, and the executable that starts it for the
 * engine. It needs nothing from the checkout.
 */
function pluginStep(name: string, version: string): Step {
  return {
    name: `plugin-${name}`,
    title: `stand-in for the ${name} plugin`,
    needs: [],
    lane: "network",
    seconds: 2,
    inputs: () => [
      ...[localPath(`plugins/${name}.ts`), localPath("plugins/serve.ts"), DIGEST].flatMap(contents),
      version,
    ],
    build: async ({ out }) => {
      await build({
        entryPoints: [localPath(`plugins/${name}.ts`)],
        outfile: join(out, "index.cjs"),
        bundle: true,
        platform: "node",
        target: "node20",
        format: "cjs",
        logLevel: "silent",
      });
      const executable = join(out, `pulumi-resource-${name}`);
      writeFileSync(
        executable,
        `#!/bin/sh\nHOLDFAST_PLUGIN_VERSION=${version} exec node "$(dirname "$0")/index.cjs" "$@"\n`,
      );
      chmodSync(executable, 0o755);
    },
  };
}

/** Stand-in for `random`. */
export const randomPlugin = pluginStep("random", VERSIONS.randomProvider);

/** Stand-in for `docker`. */
export const dockerPlugin = pluginStep("docker", VERSIONS.dockerProvider);
