import { execa } from "execa";
import { deleteCluster, nodes } from "./cluster/cluster";
import { letOutside } from "./cluster/egress";
import { NETWORK } from "./cluster/registry";
import { engineObstacle, ensureEngine, ownEnginePid, stopOwnEngine } from "./docker/engine";
import { ensureClusterTools } from "./engine/tools";
import { REGISTRY } from "./versions";

/**
 * Removes cluster, registry, network and the container engine that Holdfast started. What was built or downloaded stays
 * in the cache. A container engine of the user's own goes on running, without what Holdfast put into it.
 */
export async function removeEverything(say: (line: string) => void): Promise<void> {
  if (await engineObstacle()) return;
  // Containers of an engine that is not running can only be removed by one that is.
  await ensureEngine(say);
  if ((await nodes()).length > 0) {
    await ensureClusterTools();
    say("removing the cluster");
    await deleteCluster();
  }
  await letOutside();
  say("removing the registry and its network");
  await execa("docker", ["rm", "--force", "--volumes", REGISTRY.container], { reject: false });
  await execa("docker", ["network", "rm", NETWORK], { reject: false });
  if (ownEnginePid() !== undefined) {
    say("ending the container engine");
    await stopOwnEngine();
  }
}
