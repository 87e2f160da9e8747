import { knownContexts } from "../config/kube-context";
import { removeEverything } from "../local/remove";
import { ensureClusterTools } from "../local/engine/tools";
import { clusterIsUp, provideEngine } from "../local/provide";
import { Refusal } from "../config/refusal";
import { forgetRestores } from "../components/postgres/restore/report";
import { command, destroysOption, main } from "./support/cli";
import { contextsOfSameCluster, forgetCluster } from "./support/cluster-identity";
import { lockStack } from "./support/lock";
import { demandAlone } from "./support/neighbours";
import { forgetStacks, openSession } from "./support/session";
import { loadSettings, namespacesOf } from "./support/settings";
import { demandKnown } from "./target/read";
import { contextOf, forgetTarget, rememberedTarget } from "./target/target";

const program = command("down", "Remove the stack: every object, every volume with its data.")
  .option("--context <name>", "says which cluster is meant; it has to be the one the stack is on")
  .option(
    "--all",
    "remove the cluster, the registry and the container engine that Holdfast started, too; what was built stays " +
      "in the cache",
  )
  .addOption(destroysOption().hideHelp());

/** Removes the stack from the state without a call to its cluster, which is gone. */
async function forgetStack(environment: string, context: string, interrupted: boolean): Promise<void> {
  console.log(`The kubeconfig has no context ${context} any more: the cluster is gone, and the stack with it.`);
  const session = await openSession(environment, interrupted);
  await session.run(["stack", "rm", "--yes", "--force", "--preserve-config"]);
}

await main(async () => {
  const options = program.parse().opts<{ env: string; context?: string; all?: boolean; destroys: string[] }>();
  const settings = loadSettings(options.env);
  const named = contextOf(options.env, options.context, settings.kubeContext);
  if (options.all && named !== undefined) {
    throw new Refusal(
      `The stack ${options.env} is on ${named}, which Holdfast has not made: first \`npm run down\`, which ` +
        `leaves that cluster, then \`npm run down -- --all\`.`,
    );
  }
  const interrupted = lockStack("down");
  if (options.all) {
    await demandAlone(options.env, namespacesOf(settings), await clusterIsUp(), options.destroys);
    await removeEverything(console.log);
    forgetStacks();
    return;
  }
  if (named === undefined && !(await clusterIsUp())) {
    console.log("Holdfast's cluster does not run here, so there is no stack to remove.");
    return;
  }
  await provideEngine();
  await ensureClusterTools(["kubectl"]);
  if (named !== undefined && !knownContexts().includes(named)) {
    // A context that only the stack file names may be on another machine. One named with `--context` was here.
    if (rememberedTarget(options.env)?.context !== named) demandKnown(named);
    const [renamed] = await contextsOfSameCluster(options.env, knownContexts());
    if (renamed !== undefined) {
      throw new Refusal(
        `The cluster of the stack ${options.env} is there, and its context is called ${renamed} now: ` +
          `\`npm run up -- --context ${renamed}\`, then run this again.`,
      );
    }
    await forgetStack(options.env, named, interrupted);
  } else {
    console.log(
      `Removing the stack ${options.env} from ${settings.kubeContext}: its databases' volumes go with it, and ` +
        "the old data that restores have kept.",
    );
    const session = await openSession(options.env, interrupted);
    await session.run(["destroy", "--yes"]);
    await forgetRestores(settings.kubeContext, settings.namespace, console.log);
  }
  forgetTarget(options.env);
  forgetCluster(options.env);
});
