import type { RegisteredResource } from "../../graph/registered";
import { containers, kindOf, workloads } from "../../graph/workloads";
import type { Words } from "./shell";

/** Kinds by the names that pages use. */
const KINDS: Record<string, string> = {
  ds: "DaemonSet",
  deploy: "Deployment",
  deployment: "Deployment",
  statefulset: "StatefulSet",
  sts: "StatefulSet",
  cronjob: "CronJob",
  service: "Service",
  svc: "Service",
  hpa: "HorizontalPodAutoscaler",
};
/** Namespaces of Kubernetes itself that pages look into. */
const OTHERS = ["kube-system"];
/** A pod of a StatefulSet. */
const POD = /^([a-z-]+)-(\d+|N)$/;
/** A name that the reader fills in: `POD`, `NAMESPACE`, `…`. */
const PLACEHOLDER = /^([A-Z]+|…)$/;

/**
 * Names in a kubectl command that the stack does not have: objects, pods, containers, labels, namespaces.
 *
 * @param graph of the program
 */
export function unknownTo(graph: RegisteredResource[], [program, ...words]: Words): string[] {
  if (program !== "kubectl" && program !== "k") return [];
  const all = workloads(graph);
  const has = (kind: string, name: string): boolean =>
    PLACEHOLDER.test(name) || graph.some((one) => kindOf(one) === kind && one.props.metadata?.name === name);
  const inner = words.indexOf("--");
  const own = inner < 0 ? words : words.slice(0, inner);
  const after = (flag: string): string | undefined => (own.includes(flag) ? own[own.indexOf(flag) + 1] : undefined);
  const missing: string[] = [];
  const want = (there: boolean, kind: string, name: string): void =>
    void (there || PLACEHOLDER.test(name) || missing.push(`the stack has no ${kind} ${name}`));

  for (const word of own) {
    const [, short = "", name = ""] = /^(?:--from=)?([a-z]+)\/([a-z-]+)$/.exec(word) ?? [];
    if (KINDS[short]) want(has(KINDS[short], name), KINDS[short], name);
  }
  const namespace = after("-n");
  if (namespace !== undefined && !OTHERS.includes(namespace)) want(has("Namespace", namespace), "namespace", namespace);
  const label = /^app\.kubernetes\.io\/name=(.+)$/.exec(after("-l") ?? "")?.[1];
  if (label !== undefined)
    want(
      all.some(({ template }) => template.metadata.labels["app.kubernetes.io/name"] === label),
      "pod labelled",
      label,
    );

  const [verb, ...named] = own.filter(
    (word, n) => !["-n", "--context"].includes(word) && !["-n", "--context"].includes(own[n - 1] ?? ""),
  );
  const pod = verb === "exec" || verb === "logs" ? named[0] : named[0] === "pod" ? named[1] : undefined;
  const [, set] = POD.exec(pod ?? "") ?? [];
  if (set !== undefined) want(has("StatefulSet", set), "StatefulSet", set);
  const container = verb === "exec" || verb === "logs" ? after("-c") : undefined;
  if (set !== undefined && container !== undefined) {
    const made = all.find(({ kind, name }) => kind === "StatefulSet" && name === set);
    want(
      made !== undefined && containers(made).some(({ name }) => name === container),
      `${set} with a container`,
      container,
    );
  }
  if ((verb === "get" || verb === "describe") && KINDS[named[0] ?? ""] && named[1] && !named[1].startsWith("-")) {
    want(has(KINDS[named[0]!]!, named[1]), KINDS[named[0]!]!, named[1]);
  }
  return missing;
}
