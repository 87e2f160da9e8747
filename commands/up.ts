import {
  clusterIsUp,
  demandRoomOnDisk,
  minutesToBuild,
  provideCluster,
  provideContainers,
  provideEngine,
  stepsToBuild,
} from "../local/provide";
import { demandNoRestore, restoreLines } from "../components/postgres/restore/report";
import { command, destroysOption, main } from "./support/cli";
import { contextsOfSameCluster, isAnotherCluster, rememberCluster, wasApplied } from "./support/cluster-identity";
import { sightOf } from "./support/gate";
import { lockStack } from "./support/lock";
import { proposesNothing } from "./support/proposal";
import { waitUntilReady, waitUntilServed, whatIsStuck } from "./support/ready";
import { openSession } from "./support/session";
import { loadSettings, namespacesOf } from "./support/settings";
import { statusTable } from "./support/status-table";
import { chooseContext, rememberedTarget } from "./target/target";
import { adoptCluster } from "./up/adopt";
import { checkRoom } from "./up/capacity";

const program = command(
  "up",
  "Bring the whole stack up: engine, cluster, images, components; or change what runs to what is declared.",
)
  .option("--refresh", "first read what really runs, so that edits made by hand are reverted")
  .option(
    "--context <name>",
    "a kind or minikube cluster of yours instead of the one Holdfast makes; remembered until `down`",
  )
  .option("--i-know", "even one that is neither kind nor minikube")
  .addOption(destroysOption())
  .addHelpText(
    "after",
    "\nRuns `pulumi up --yes --policy-pack policy`; what the policies forbid is not applied, nor what would " +
      "destroy data.",
  );

const POLICY = ["--policy-pack", "policy"];

await main(async () => {
  const options = program
    .parse()
    .opts<{ env: string; refresh?: boolean; context?: string; iKnow?: boolean; destroys: string[] }>();
  const declared = loadSettings(options.env, {});
  const named = chooseContext({
    environment: options.env,
    given: options.context,
    configured: declared.kubeContext,
    remembered: rememberedTarget(options.env)?.context,
    applied: wasApplied(options.env),
    same: options.context !== undefined && (await contextsOfSameCluster(options.env, [options.context])).length > 0,
  });
  if (named === undefined) await provideContainers(console.log);
  const interrupted = lockStack("up");
  const settings =
    named === undefined ? declared : await adoptCluster(named, options.env, options.iKnow ?? false, console.log);
  const todo = named === undefined ? await stepsToBuild() : [];
  if (named === undefined) await demandRoomOnDisk(todo);
  const minutes = minutesToBuild(todo);
  if (minutes > 0)
    console.log(
      `Some parts are built on this machine first: about ${minutes} minutes on two cores, once. Interrupt it as ` +
        "you like, it goes on where it was.",
    );
  await provideEngine(named === undefined);
  const session = await openSession(options.env, interrupted);
  // The policies run before a cluster is created, so that an unsafe stack costs none.
  const fresh = named === undefined && !(await clusterIsUp());
  if (fresh) await session.run(["preview", ...POLICY]);
  if (named === undefined) {
    await provideCluster(
      { nodePort: settings.loadBalancer.nodePort, hostPort: Number(new URL(settings.url).port || 80) },
      console.log,
    );
    await checkRoom(settings, console.log);
  }
  await demandNoRestore(settings.kubeContext, settings.namespace);
  const another = await isAnotherCluster(options.env, settings.kubeContext);
  if (another) console.log("The cluster is not the one this stack was on; the state is read anew from what is there.");
  const refresh = options.refresh || another ? ["--refresh"] : [];
  // One preview is enough: a new cluster has nothing to compare with, and without a change there is nothing to apply.
  const sight = sightOf(settings.kubeContext);
  const namespaces = namespacesOf(settings);
  if (fresh || !(await proposesNothing(session, [...POLICY, ...refresh], options.destroys, sight))) {
    await session.run(["up", "--yes", "--skip-preview", ...POLICY, ...refresh]).catch(async (error: unknown) => {
      for (const line of await whatIsStuck(settings.kubeContext, namespaces)) console.error(line);
      throw error;
    });
  }
  await rememberCluster(options.env, settings.kubeContext);
  await waitUntilReady(settings.kubeContext, namespaces, console.log);
  // Only of Holdfast's own cluster is it known that this machine reaches the URL.
  if (named === undefined) await waitUntilServed(settings.url, console.log);
  console.log(await statusTable(settings.kubeContext, namespaces, settings.url));
  for (const line of await restoreLines(settings.kubeContext, settings.namespace)) console.log(`\n${line}`);
  console.log(`\nThe shop is at ${settings.url}`);
});
