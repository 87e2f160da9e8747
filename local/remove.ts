import { execa } from "execa";
import { deleteCluster, nodes } from "./cluster/cluster";
import { letOutside } from "./cluster/egress";
import { NETWORK } from "./cluster/registry";
import { engineObstacle, ensureEngine, ownEnginePid, stopOwnEngine } from "./docker/engine";
import { ensureClusterTools } from "./engine/tools";
import { REGISTRY } from "./versions";

/**
 * Removes the cluster, the registry, the network, and the container engine that Holdfast has started. The cache of
 * built and downloaded files stays. The user's own container engine goes on running.
 */
export async function removeEverything(say: (line: string) => void): Promise<void> {
  if (await engineObstacle()) return;
  // Only a running engine can remove its containers.
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
