import { Kubectl } from "../cluster/kubectl";
import { ensureClusterTools } from "../local/engine/tools";
import { askAgent } from "./support/agent-hook";
import { command, main } from "./support/cli";
import { loadSettings } from "./support/settings";

const program = command("switchover", "Hand the database over to another member, without a failed statement.").option(
  "--to <member>",
  "the next primary, for example postgres-1 (default: the best standby)",
);

await main(async () => {
  const { env, to } = program.parse().opts<{ env: string; to?: string }>();
  const settings = loadSettings(env);
  await ensureClusterTools(["kubectl"]);
  const k = new Kubectl({ context: settings.kubeContext, namespace: settings.namespace });
  console.log(await askAgent(k, "statefulset/postgres", "switchover", ...(to ? [to] : [])));
});
