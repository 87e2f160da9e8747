import type { RegisteredResource } from "../../graph/registered";
import { kindOf, type Workload } from "../../graph/workloads";
import { wiringOf, type Edge } from "./wiring";

const id = (name: string): string => name.replaceAll("-", "_");

function podsOf(workload: Workload, graph: RegisteredResource[]): string {
  const autoscaler = graph.find(
    (one) => kindOf(one) === "HorizontalPodAutoscaler" && one.props.spec.scaleTargetRef.name === workload.name,
  );
  if (autoscaler) return `${autoscaler.props.spec.minReplicas} to ${autoscaler.props.spec.maxReplicas} pods`;
  if (workload.kind === "DaemonSet") return workload.template.spec.nodeSelector ? "on entry nodes" : "on every node";
  if (workload.kind === "Job") return "once a version";
  if (workload.kind === "CronJob") return workload.props.spec.schedule as string;
  const replicas = (workload.props.spec.replicas ?? 1) as number;
  return replicas === 1 ? "1 pod" : `${replicas} pods`;
}

/** Merges two opposite edges into one with two heads. */
function merged(edges: Edge[]): { from: Workload; to: Workload; both: boolean }[] {
  const has = (from: Workload, to: Workload): boolean => edges.some((edge) => edge.from === from && edge.to === to);
  return edges
    .filter(({ from, to }) => !has(to, from) || from.name < to.name)
    .map(({ from, to }) => ({ from, to, both: has(to, from) }));
}

/**
 * The architecture as a Mermaid flow chart: components with their workloads, and an arrow for every connection that the
 * network policies allow. Monitoring gets one arrow to each component that it scrapes, not one to each workload.
 */
export function architecture(graph: RegisteredResource[]): string {
  const { components, edges, entries } = wiringOf(graph);
  // The picture shows only workloads that run all the time.
  const stands = (workload: Workload): boolean => workload.kind !== "Job" && workload.kind !== "CronJob";
  const componentOf = (workload: Workload) => components.find((one) => one.workloads.includes(workload));
  const watches = ({ from, to }: Edge): boolean =>
    componentOf(from)?.className === "Monitoring" && componentOf(to) !== componentOf(from);

  const shown = edges.filter(({ from, to }) => stands(from) && stands(to));
  const watched = [
    ...new Set(
      shown
        .filter(watches)
        .map(({ from, to }) => `${id(from.name)} -. metrics .-> ${id(`component-${componentOf(to)?.name}`)}`),
    ),
  ];
  const lines = components.flatMap(({ name, className, workloads }) => [
    `  subgraph ${id(`component-${name}`)}["${className}"]`,
    ...workloads
      .filter(stands)
      .map((workload) => `    ${id(workload.name)}["${workload.name}<br/>${podsOf(workload, graph)}"]`),
    "  end",
  ]);
  return [
    "```mermaid",
    "flowchart LR",
    "  clients([clients])",
    ...lines,
    ...entries.map((workload) => `  clients --> ${id(workload.name)}`),
    ...merged(shown.filter((edge) => !watches(edge))).map(
      ({ from, to, both }) => `  ${id(from.name)} ${both ? "<-->" : "-->"} ${id(to.name)}`,
    ),
    ...watched.map((line) => `  ${line}`),
    "```",
  ].join("\n");
}
