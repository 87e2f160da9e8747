import { hostname, userInfo } from "node:os";
import { createInterface } from "node:readline/promises";
import { Kubectl } from "../cluster/kubectl";
import { Refusal } from "../config/refusal";
import { ensureClusterTools } from "../local/engine/tools";
import { lastState } from "./rescue/holding";
import { best } from "./rescue/loss";
import { answering, bringBack, notNeeded } from "./rescue/need";
import { readDatabase, renews } from "./rescue/read";
import { holdingsTable, leftToDo, losses, unfit } from "./rescue/words";
import { askAgent } from "./support/agent-hook";
import { command, main } from "./support/cli";
import { lockStack } from "./support/lock";
import { loadSettings } from "./support/settings";

const ABOUT = "Make one database member lead when too few are left to be safe; without --to, show what each holds.";

const program = command("rescue", ABOUT)
  .option("--to <member>", "who is to lead, for example postgres-1; its name has to be typed a second time")
  .option("--accept-loss <member>", "its name again, for scripts, and where a rescue does not seem to be needed");

/** The person who gives the order, as one word: `user@host`. */
const orderer = (): string => `${userInfo().username}@${hostname()}`.replace(/[^\w.@-]/g, "_");

/** The next command for the user. */
function proposal(choice: string | undefined): string {
  if (choice === undefined) return "No member that answers has data: bring one back, or `npm run restore` a backup.";
  return `\`npm run rescue -- --to ${choice}\` makes ${choice} lead.`;
}

/** Asks for the member's name. @throws Refusal for another answer, and where there is no terminal */
async function typedAgain(member: string): Promise<void> {
  if (!process.stdin.isTTY) {
    const way = `add \`--accept-loss ${member}\``;
    throw new Refusal(`Nobody can be asked here: if what is said of ${member} above may be lost, ${way}.`);
  }
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    const warning = "\nMake sure that the lost members stay away meanwhile.";
    const answer = await terminal.question(`${warning} To make ${member} lead and accept that loss, type its name: `);
    if (answer.trim() !== member) throw new Refusal("Nothing was changed.");
  } finally {
    terminal.close();
  }
}

await main(async () => {
  const { env, to, acceptLoss } = program.parse().opts<{ env: string; to?: string; acceptLoss?: string }>();
  if (acceptLoss !== undefined && acceptLoss !== to) {
    throw new Refusal(`--to and --accept-loss have to name one member, not ${to ?? "none"} and ${acceptLoss}.`);
  }
  const { kubeContext, namespace, postgres } = loadSettings(env);
  await ensureClusterTools(["kubectl"]);
  const k = new Kubectl({ context: kubeContext, namespace });
  console.log("asking every member what it holds; a lost member is given up after half a minute");
  const [{ state, survivors }, renewed] = await Promise.all([readDatabase(k), renews(k, postgres.failover.loopWait)]);
  const instead = bringBack(state, survivors);
  console.log([holdingsTable(state, survivors), ...losses(survivors), ...(instead ? [instead] : [])].join("\n"));
  const needless = notNeeded(state, survivors, renewed);
  if (to === undefined) {
    console.log(needless ?? proposal(best(answering(survivors))));
    return;
  }
  const obstacle = unfit(to, survivors);
  if (obstacle) throw new Refusal(obstacle);
  if (needless && acceptLoss === undefined) {
    throw new Refusal(`${needless} If ${to} is to lead all the same, add \`--accept-loss ${to}\`.`);
  }
  if (acceptLoss === undefined) await typedAgain(to);
  lockStack("rescue", false);
  console.log(await askAgent(k, to, "rescue", orderer(), JSON.stringify(lastState(state, survivors))));
  const typed = `kubectl --context ${kubeContext} -n ${namespace}`;
  console.log(leftToDo(to, survivors, postgres.durability === "required", typed).join("\n"));
});
