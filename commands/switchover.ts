import { askOne } from "../cluster/ask-one";
import { Kubectl } from "../cluster/kubectl";
import { ANY_MEMBER, CONTAINERS, handOver } from "../components/postgres/operations";
import { ensureClusterTools } from "../local/engine/tools";
import { command, main } from "./support/cli";
import { loadSettings } from "./support/settings";

const program = command("switchover", "Hand the database over to another member, without a failed statement.").option(
  "--to <member>",
  "the next primary, for example postgres-1 (default: the best standby)",
);

await main(async () => {
  const { env, to } = program.parse().opts<{ env: string; to?: string }>();
  const { kubeContext, namespace } = loadSettings(env);
  await ensureClusterTools(["kubectl"]);
  const k = new Kubectl({ context: kubeContext, namespace });
  console.log(await askOne(k, ANY_MEMBER, CONTAINERS.agent, handOver(to)));
});
