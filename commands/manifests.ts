import { renderManifests } from "../policy/manifests/render";
import { command, main } from "./support/cli";
import { programGraph } from "./support/program-graph";

const program = command(
  "manifests",
  "Print what the program declares as Kubernetes YAML: for review, for other people's checkers, for GitOps. " +
    "Needs npm packages only.",
).option("--profile <profile>", "a profile other than the stack file's");

await main(async () => {
  const { env, profile } = program.parse().opts<{ env: string; profile?: string }>();
  process.stdout.write(renderManifests(await programGraph(env, profile ? { profile } : {})));
});
