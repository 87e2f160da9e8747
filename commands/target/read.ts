import { closest } from "fastest-levenshtein";
import { execa } from "execa";
import { knownContexts } from "../../config/kube-context";
import { lacksCertsD } from "../../local/cluster/registry";
import { Refusal } from "../../config/refusal";
import { kindOf, type ClusterObjects } from "./cluster";

async function items<T>(context: string, what: string): Promise<T[]> {
  const { stdout } = await execa("kubectl", ["--context", context, "--request-timeout=15s", "get", what, "--all-namespaces", "-o", "json"]);
  return (JSON.parse(stdout) as { items: T[] }).items;
}

/** What to say of a context that the kubeconfig has not. */
export function unknownContext(context: string, known: string[]): string {
  return known.length === 0
    ? `The kubeconfig has no context ${context}, nor any other; make a cluster, or point KUBECONFIG at the file that knows it.`
    : `The kubeconfig has no context ${context}; the nearest is ${closest(context, known)}.`;
}

/** @throws Refusal naming the nearest, where the kubeconfig has no such context */
export function demandKnown(context: string): void {
  const known = knownContexts();
  if (!known.includes(context)) throw new Refusal(unknownContext(context, known));
}

/** Ports of 127.0.0.1 by the container port they lead to, from lines as `docker port` prints them: `30080/tcp -> 127.0.0.1:8080`. */
export function publishedPorts(lines: string): Record<number, number> {
  return Object.fromEntries([...lines.matchAll(/^(\d+)\/tcp -> (?:127\.0\.0\.1|0\.0\.0\.0):(\d+)$/gm)].map(([, inside, outside]) => [Number(inside), Number(outside)]));
}

/**
 * Reads what the preflight decides on; changes nothing.
 *
 * @throws Refusal where there is no such context, or nothing answers behind it
 */
export async function readCluster(context: string): Promise<ClusterObjects> {
  demandKnown(context);
  const read = Promise.all([items<ClusterObjects["nodes"][number]>(context, "nodes"), items<ClusterObjects["pods"][number]>(context, "pods"),
    items<ClusterObjects["storageClasses"][number]>(context, "storageclasses")]);
  const [nodes, pods, storageClasses] = await read.catch((error: { stderr?: string }) => {
    throw new Refusal(`The cluster of context ${context} does not answer (${error.stderr?.trim().split("\n").at(-1) ?? "no reason given"}); start it, then run this again.`);
  });
  const objects: ClusterObjects = { context, nodes, pods, storageClasses, published: {}, withoutCertsD: [] };
  if (kindOf(objects) !== "kind") return objects;
  const names = nodes.map(({ metadata }) => metadata?.name ?? "");
  const ports = await Promise.all(names.map((name) => execa("docker", ["port", name], { reject: false })));
  return { ...objects, published: publishedPorts(ports.map(({ stdout }) => stdout ?? "").join("\n")), withoutCertsD: await lacksCertsD(names) };
}
