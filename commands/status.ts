import { Impossible } from "../local/docker/engine";
import { clusterIsUp } from "../local/provide";
import { command, main } from "./support/cli";
import { loadSettings, namespacesOf } from "./support/settings";
import { statusTable } from "./support/status-table";

const program = command("status", "Show what runs: component, pods ready, primary, endpoint, image.");

await main(async () => {
  const { env } = program.parse().opts<{ env: string }>();
  const settings = loadSettings(env);
  if (!(await clusterIsUp())) throw new Impossible("Holdfast's cluster does not run here; `npm run up` makes it.");
  console.log(await statusTable(settings.kubeContext, namespacesOf(settings), settings.url));
});
