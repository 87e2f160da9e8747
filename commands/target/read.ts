import { closest } from "fastest-levenshtein";
import { execa } from "execa";
import { Kubectl, reasonOf } from "../../cluster/kubectl";
import { knownContexts } from "../../config/kube-context";
import { lacksCertsD } from "../../local/cluster/registry";
import { Refusal } from "../../config/refusal";
import { kindOf, type ClusterObjects } from "./cluster";

/** Seconds for one answer: a user's cluster may be far away. */
const API_SECONDS = 15;

/** The message about a context that the kubeconfig does not have. */
export function unknownContext(context: string, known: string[]): string {
  return known.length === 0
    ? `The kubeconfig has no context ${context}, nor any other; make a cluster, or point KUBECONFIG at the file ` +
        "that knows it."
    : `The kubeconfig has no context ${context}; the nearest is ${closest(context, known)}.`;
}

/** @throws Refusal naming the most similar context, where the kubeconfig does not have this one */
export function demandKnown(context: string): void {
  const known = knownContexts();
  if (!known.includes(context)) throw new Refusal(unknownContext(context, known));
}

/**
 * Ports of 127.0.0.1 by the container port they lead to, from lines as `docker port` prints them: `30080/tcp ->
 * 127.0.0.1:8080`.
 */
export function publishedPorts(lines: string): Record<number, number> {
  return Object.fromEntries(
    [...lines.matchAll(/^(\d+)\/tcp -> (?:127\.0\.0\.1|0\.0\.0\.0):(\d+)$/gm)].map(([, inside, outside]) => [
      Number(inside),
      Number(outside),
    ]),
  );
}

/**
 * Reads the objects that the preflight needs. Changes nothing.
 *
 * @throws Refusal where there is no such context, or its cluster does not answer
 */
export async function readCluster(context: string): Promise<ClusterObjects> {
  demandKnown(context);
  const cluster = new Kubectl({ context }, { apiSeconds: API_SECONDS });
  const read = Promise.all([cluster.list("node"), cluster.list("pod"), cluster.list("storageclass")]);
  const [nodes, pods, storageClasses] = await read.catch((error: unknown) => {
    throw new Refusal(
      `The cluster of context ${context} does not answer (${reasonOf(error)}); start it, then run this again.`,
    );
  });
  const objects: ClusterObjects = { context, nodes, pods, storageClasses, published: {}, withoutCertsD: [] };
  if (kindOf(objects) !== "kind") return objects;
  const names = nodes.map(({ metadata }) => metadata?.name ?? "");
  const ports = await Promise.all(names.map((name) => execa("docker", ["port", name], { reject: false })));
  return {
    ...objects,
    published: publishedPorts(ports.map(({ stdout }) => stdout ?? "").join("\n")),
    withoutCertsD: await lacksCertsD(names),
  };
}
