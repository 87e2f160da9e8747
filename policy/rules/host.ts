import { check, eachWorkload } from "../engine/checks";
import type { Rule } from "../engine/rule";
import type { Graph } from "../graph/graph";
import type { Workload } from "../graph/workload";

const VOLUME_KINDS = new Set([
  "name",
  "configMap",
  "csi",
  "downwardAPI",
  "emptyDir",
  "ephemeral",
  "persistentVolumeClaim",
  "projected",
  "secret",
]);
const ENFORCE = "pod-security.kubernetes.io/enforce";

/** Each way in which a pod reaches into its node, as a property path with what it does. */
function* hostAccess(workload: Workload): Iterable<string> {
  const { podSpec, podPath } = workload;
  for (const key of ["hostNetwork", "hostPID", "hostIPC"] as const)
    if (podSpec[key]) yield `${podPath}.${key} shares the node's`;
  for (const [index, volume] of (podSpec.volumes ?? []).entries())
    if (volume.hostPath) yield `${podPath}.volumes[${index}] mounts a path of the node`;
  if (podSpec.securityContext?.windowsOptions?.hostProcess)
    yield `${podPath}.securityContext.windowsOptions.hostProcess is set`;
  for (const { spec, path } of workload.containers()) {
    for (const [index, port] of (spec.ports ?? []).entries())
      if (port.hostPort) yield `${path}.ports[${index}].hostPort takes a port of the node`;
    if (spec.securityContext?.windowsOptions?.hostProcess)
      yield `${path}.securityContext.windowsOptions.hostProcess is set`;
  }
}

const needsHost = (workload: Workload): boolean => [...hostAccess(workload)].length > 0;

/**
 * Whether a workload is a node agent kept apart: a DaemonSet that only reads, in a namespace that says `privileged` out
 * loud and holds nothing that could do with less.
 */
function isolatedAgent(workload: Workload, graph: Graph): boolean {
  const namespace = graph.find("Namespace", "", workload.namespace);
  if (workload.kind !== "DaemonSet" || namespace?.labels[ENFORCE] !== "privileged") return false;
  const hostVolumes = new Set(
    (workload.podSpec.volumes ?? []).filter((volume) => volume.hostPath).map((volume) => volume.name),
  );
  const readsOnly = workload
    .containers()
    .every(({ spec }) =>
      (spec.volumeMounts ?? []).every((mount) => !hostVolumes.has(mount.name) || mount.readOnly === true),
    );
  const alone = graph.workloads.every(
    (other) => other.namespace !== workload.namespace || (other.kind === "DaemonSet" && needsHost(other)),
  );
  return readsOnly && alone && workload.podSpec.automountServiceAccountToken === false;
}

/** What reaches into the node, and the namespaces that must refuse it. */
export const hostRules: Rule[] = [
  {
    id: "host-access-apart",
    title: "Only a read-only node agent, alone in a namespace of its own, reaches into its node",
    why:
      "A host path, port or namespace is a way out of the container. An agent that must read the node stays the " +
      "only thing that an attacker could use it for.",
    fix:
      "Remove the host access, or make it a DaemonSet with read-only mounts and no token in a namespace labelled " +
      "`pod-security.kubernetes.io/enforce: privileged` that holds nothing else.",
    scope: "graph",
    checks: eachWorkload(function* (workload, graph): Iterable<string> {
      const found = [...hostAccess(workload)];
      if (found.length > 0 && !isolatedAgent(workload, graph)) yield* found;
    }),
  },
  {
    id: "volume-kinds",
    title: "Volumes are of the kinds that every cluster can vouch for",
    why:
      "Pod Security restricted admits only these; others bypass the scheduler or reach into infrastructure by " +
      "themselves.",
    fix: "Use configMap, secret, projected, downwardAPI, emptyDir, ephemeral, csi or a persistentVolumeClaim.",
    scope: "object",
    checks: eachWorkload(function* (workload): Iterable<string> {
      for (const [index, volume] of (workload.podSpec.volumes ?? []).entries()) {
        const foreign = Object.keys(volume).some((key) => key !== "hostPath" && !VOLUME_KINDS.has(key));
        if (foreign) yield `${workload.podPath}.volumes[${index}] is of a kind that Pod Security restricted refuses`;
      }
    }),
  },
  {
    id: "namespace-enforces-restricted",
    title: "Namespaces enforce Pod Security restricted",
    why:
      "Rules at preview see this program only; the label makes the API server refuse an unsafe pod from anyone " +
      "else, too.",
    fix: "Label the namespace `pod-security.kubernetes.io/enforce: restricted`.",
    scope: "graph",
    *checks(graph) {
      for (const namespace of graph.ofKind("Namespace")) {
        yield check(namespace.resource, () => {
          const held = graph.workloads.filter((workload) => workload.namespace === namespace.name);
          if (namespace.labels[ENFORCE] === "restricted" || (held.length > 0 && held.every(needsHost)))
            return undefined;
          return `metadata.labels[${ENFORCE}] is not restricted`;
        });
      }
    },
  },
];
