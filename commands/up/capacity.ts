import { Kubectl } from "../../cluster/kubectl";
import { Refusal } from "../../config/refusal";
import type { Settings } from "../../config/settings";
import { capacity, shortage } from "../../graph/placement";
import { quantity } from "../../graph/quantity";
import { programGraph } from "../support/program-graph";
import { takesPods } from "../target/cluster";

/** The nodes that pods can go to, counted as if each were the smallest of them. */
async function offered(context: string): Promise<{ nodes: number; nodeCpu: string; nodeMemory: string }> {
  const usable = (await new Kubectl({ context }).list("node")).filter(takesPods);
  const least = (what: "cpu" | "memory"): string =>
    usable.map(({ status }) => status?.allocatable?.[what] ?? "0").sort((a, b) => quantity(a) - quantity(b))[0] ?? "0";
  return { nodes: usable.length, nodeCpu: least("cpu"), nodeMemory: least("memory") };
}

/**
 * Adds up what the stack reserves, pod by pod, and compares it with what the cluster has, before anything is applied.
 *
 * @throws Refusal where the stack has no room even while every node lives; with one node lost, or the autoscaler at its
 *   maximum, a lack of room is said and the stack is applied all the same
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
