import { createRequire } from "node:module";
import { renderManifests } from "../policy/manifests/render";
import { command, main } from "./support/cli";

// Required, not imported: the program and its components are CommonJS and find files by `__dirname`.
const { programGraph } = createRequire(import.meta.url)("../test/support/graph") as typeof import("../test/support/graph");

const program = command("manifests", "Print what the program declares as Kubernetes YAML: for review, for other people's checkers, for GitOps. Needs npm packages only.")
  .option("--profile <profile>", "a profile other than the stack file's");

await main(async () => {
  const { env, profile } = program.parse().opts<{ env: string; profile?: string }>();
  process.stdout.write(renderManifests(await programGraph(env, profile ? { profile } : {})));
});
