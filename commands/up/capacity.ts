import { Kubectl } from "../../cluster/kubectl";
import { Refusal } from "../../config/refusal";
import type { Settings } from "../../config/settings";
import { capacity, shortage } from "../../graph/placement";
import { quantity } from "../../graph/quantity";
import { programGraph } from "../support/program-graph";
import { takesPods } from "../target/cluster";

/** Number of nodes that take pods, and the smallest CPU and memory that one of them offers. */
async function offered(context: string): Promise<{ nodes: number; nodeCpu: string; nodeMemory: string }> {
  const usable = (await new Kubectl({ context }).list("node")).filter(takesPods);
  const least = (what: "cpu" | "memory"): string =>
    usable.map(({ status }) => status?.allocatable?.[what] ?? "0").sort((a, b) => quantity(a) - quantity(b))[0] ?? "0";
  return { nodes: usable.length, nodeCpu: least("cpu"), nodeMemory: least("memory") };
}

/**
 * Compares what the stack reserves with what the cluster has, before anything is applied. A stack that does not fit
 * with one node lost, or at the autoscaler's maximum, is only reported.
 *
 * @throws Refusal where the stack does not fit even while all nodes are there
 */
export async function checkRoom(settings: Settings, say: (line: string) => void): Promise<void> {
  const cluster = await offered(settings.kubeContext);
  const graph = await programGraph(settings.environment);
  const { whole, oneNodeLost } = capacity(graph, cluster);
  const alive = shortage(capacity(graph, { ...cluster, nodes: cluster.nodes + 1 }).oneNodeLost);
  if (alive)
    throw new Refusal(
      `The cluster is too small: ${alive} Give it more nodes, or lower the requests in ` +
        `Pulumi.${settings.environment}.yaml.`,
    );
  const lost = shortage(oneNodeLost);
  if (lost) say(`With one node lost not everything would find a place: ${lost}`);
  const grown = shortage(whole);
  if (grown) say(`The autoscaler cannot reach its maximum here: ${grown}`);
}
