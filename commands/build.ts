import { cpSync, rmSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { Refusal } from "../config/refusal";
import { repository } from "../local/paths";
import { command, main } from "./support/cli";

const program = command(
  "build",
  "Compile the package: components, configuration and planner as CommonJS with types, into dist/.",
  false,
);

/** Folders of the package that hold files the compiler leaves alone: scripts, prices. */
const WITH_DATA = ["components", "planner"];

/** Sources and tests, and what is in the package where it stands here: pages, and what an image is built from. */
const NOT_COPIED = /\.(ts|md)$|\/components\/[^/]+\/(image|agent\/tests)(\/|$)|\/__pycache__(\/|$)/;

await main(async () => {
  program.parse();
  const dist = join(repository, "dist");
  rmSync(dist, { recursive: true, force: true });
  const compiled = await execa("tsc", ["-p", "tsconfig.build.json"], {
    cwd: repository,
    preferLocal: true,
    stdio: "inherit",
    reject: false,
  });
  if (compiled.exitCode !== 0)
    throw new Refusal("The package was not built: mend the type errors above and run the command again.");
  for (const folder of WITH_DATA) {
    cpSync(join(repository, folder), join(dist, folder), { recursive: true, filter: (file) => !NOT_COPIED.test(file) });
  }
});
