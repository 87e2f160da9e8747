import { hostname, userInfo } from "node:os";
import { askOne } from "../cluster/ask-one";
import { Kubectl } from "../cluster/kubectl";
import { CONTAINERS, lead } from "../components/postgres/operations";
import { demandOneName, demandTypedAgain } from "../components/postgres/rescue/consent";
import { lastState } from "../components/postgres/rescue/holding";
import { demandNeeded, notNeeded } from "../components/postgres/rescue/need";
import { readDatabase, renews } from "../components/postgres/rescue/read";
import { demandFit, findings, leftToDo, proposal } from "../components/postgres/rescue/words";
import { ensureClusterTools } from "../local/engine/tools";
import { command, main } from "./support/cli";
import { lockStack } from "./support/lock";
import { loadSettings } from "./support/settings";
import { askPerson } from "./support/terminal";

const ABOUT = "Make one database member lead when too few are left to be safe; without --to, show what each holds.";

const program = command("rescue", ABOUT)
  .option("--to <member>", "who is to lead, for example postgres-1; its name has to be typed a second time")
  .option("--accept-loss <member>", "its name again, for scripts, and where a rescue does not seem to be needed");

/** The person who gives the order, as one word: `user@host`. */
const orderer = (): string => `${userInfo().username}@${hostname()}`.replace(/[^\w.@-]/g, "_");

await main(async () => {
  const { env, to, acceptLoss } = program.parse().opts<{ env: string; to?: string; acceptLoss?: string }>();
  demandOneName(to, acceptLoss);
  const { kubeContext, namespace, postgres } = loadSettings(env);
  await ensureClusterTools(["kubectl"]);
  const k = new Kubectl({ context: kubeContext, namespace });
  console.log("asking every member what it holds; a lost member is given up after half a minute");
  const [{ state, survivors }, renewed] = await Promise.all([readDatabase(k), renews(k, postgres.failover.loopWait)]);
  console.log(findings(state, survivors));
  const needless = notNeeded(state, survivors, renewed);
  if (to === undefined) {
    console.log(needless ?? proposal(survivors));
    return;
  }
  demandFit(to, survivors);
  if (acceptLoss === undefined) {
    demandNeeded(to, needless);
    await demandTypedAgain(to, process.stdin.isTTY ? askPerson : undefined);
  }
  lockStack("rescue", false);
  console.log(await askOne(k, to, CONTAINERS.agent, lead(orderer(), lastState(state, survivors))));
  const typed = `kubectl --context ${kubeContext} -n ${namespace}`;
  console.log(leftToDo(to, survivors, postgres.durability === "required", typed).join("\n"));
});
