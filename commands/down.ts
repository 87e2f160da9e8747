import { removeEverything } from "../local/remove";
import { clusterIsUp, provideEngine } from "../local/provide";
import { command, main } from "./support/cli";
import { lockStack } from "./support/lock";
import { forgetStacks, openSession } from "./support/session";
import { loadSettings } from "./support/settings";

const program = command("down", "Remove the stack: every object, every volume with its data.")
  .option("--all", "remove the cluster, the registry and the container engine that Holdfast started, too; what was built stays in the cache");

await main(async () => {
  const options = program.parse().opts<{ env: string; all?: boolean }>();
  const settings = loadSettings(options.env);
  const interrupted = await lockStack("down");
  if (options.all) {
    await removeEverything(console.log);
    forgetStacks();
    return;
  }
  if (!(await clusterIsUp())) {
    console.log("Holdfast's cluster does not run here, so there is no stack to remove.");
    return;
  }
  console.log(`Removing the stack ${options.env} from ${settings.kubeContext}: its databases' volumes go with it.`);
  await provideEngine();
  const session = await openSession(options.env);
  if (interrupted && session.embedded) await session.read(["cancel", "--yes"]);
  await session.run(["destroy", "--yes"]);
});
