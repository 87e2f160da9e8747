import { Refusal } from "../config/refusal";
import { ensureClusterTools } from "../local/engine/tools";
import { clusterIsUp } from "../local/provide";
import { restoreLines } from "../components/postgres/restore/report";
import { command, main } from "./support/cli";
import { loadSettings, namespacesOf } from "./support/settings";
import { statusTable } from "./support/status-table";
import { demandKnown } from "./target/read";
import { contextOf } from "./target/target";

const program = command("status", "Show what runs: component, pods ready, primary, endpoint, image.").option(
  "--context <name>",
  "says which cluster is meant; it has to be the one the stack is on",
);

await main(async () => {
  const { env, context } = program.parse().opts<{ env: string; context?: string }>();
  const settings = loadSettings(env);
  const named = contextOf(env, context, settings.kubeContext);
  if (named !== undefined) {
    await ensureClusterTools(["kubectl"]);
    demandKnown(named);
  } else if (!(await clusterIsUp())) throw new Refusal("Holdfast's cluster does not run here; `npm run up` makes it.");
  console.log(await statusTable(settings.kubeContext, namespacesOf(settings), settings.url));
  for (const line of await restoreLines(settings.kubeContext, settings.namespace)) console.log(`\n${line}`);
});
