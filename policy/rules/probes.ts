import { type Answer, eachContainer } from "../engine/checks";
import type { Rule } from "../engine/rule";
import type { ContainerSpec, Probe } from "../graph/types";
import type { Container, Workload } from "../graph/workload";

/** Whether a container serves something as long as its pod runs. */
function serves({ spec, role }: Container, workload: Workload): boolean {
  return workload.longRunning && role !== "init" && (spec.ports ?? []).length > 0;
}

/** Checks that every container that serves has a probe. */
const serversHave = (probe: "readinessProbe" | "livenessProbe"): Rule["checks"] =>
  eachContainer((container, workload) =>
    serves(container, workload) && !container.spec[probe] ? `${container.path}.${probe} is missing` : undefined,
  );

/** Seconds of failing after which a probe acts, by the API's defaults where nothing is written. */
const patience = (probe: Probe): number => (probe.periodSeconds ?? 10) * (probe.failureThreshold ?? 3);

/** What a probe asks, without how often. */
function question({ exec, httpGet, tcpSocket, grpc }: Probe): string {
  return JSON.stringify({ exec, httpGet, tcpSocket, grpc });
}

function* probes({ spec, path }: Container): Iterable<{ probe: Probe; path: string }> {
  for (const key of ["livenessProbe", "readinessProbe", "startupProbe"] as const) {
    const probe = spec[key];
    if (probe) yield { probe, path: `${path}.${key}` };
  }
}

function declares(spec: ContainerSpec, port: number | string | undefined): boolean {
  return (
    port === undefined || (spec.ports ?? []).some(({ name, containerPort }) => containerPort === port || name === port)
  );
}

/** How Kubernetes learns that a container works. */
export const probeRules: Rule[] = [
  {
    id: "readiness-probe",
    title: "Containers that serve say when they can",
    why: "Without one a pod gets traffic while it is still starting, and keeps it while it cannot answer.",
    fix: "Add a `readinessProbe` that fails while the container cannot do its work.",
    scope: "object",
    checks: serversHave("readinessProbe"),
  },
  {
    id: "liveness-probe",
    title: "Containers that serve are restarted when they hang",
    why: "A process that is up but stuck stays that way for ever: nothing else restarts it.",
    fix:
      "Add a `livenessProbe` that asks only whether the process itself works, never whether what it depends on " +
      "does.",
    advisoryIn: ["dev"],
    scope: "object",
    checks: serversHave("livenessProbe"),
  },
  {
    id: "probes-differ",
    title: "Liveness is not readiness: it asks something else, or waits longer",
    why:
      "Equal probes restart every replica at once as soon as a shared dependency is slow: an overload becomes an " +
      "outage.",
    fix:
      "Let liveness ask for the process only, or give it a longer `periodSeconds` × `failureThreshold` than " +
      "readiness.",
    prevents: ["https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/"],
    scope: "object",
    checks: eachContainer(({ spec, path }): Answer => {
      const { livenessProbe: live, readinessProbe: ready } = spec;
      if (!live || !ready || question(live) !== question(ready) || patience(live) > patience(ready)) return undefined;
      return `${path}.livenessProbe asks the same as readinessProbe and gives up no later`;
    }),
  },
  {
    id: "probe-reaches-container",
    title: "Probes ask the container itself, on a port it declares",
    why:
      "A probe of a port that nobody declared is most often a typing error, which no restart mends; one with a " +
      "`host` asks somebody else from inside the node's network.",
    fix: "Use the name or number of one of the container's `ports`, and no `host`.",
    scope: "object",
    checks: eachContainer(function* (container): Iterable<string> {
      for (const { probe, path } of probes(container)) {
        const port = probe.httpGet?.port ?? probe.tcpSocket?.port ?? probe.grpc?.port;
        if (!declares(container.spec, port)) yield `${path} asks a port that the container does not declare`;
        if (probe.httpGet?.host ?? probe.tcpSocket?.host) yield `${path} asks another host`;
      }
    }),
  },
  {
    id: "slow-start-allowed",
    title: "What replays a log at its start has a startup probe",
    why:
      "After a crash a database or Prometheus first replays its log. A liveness probe that starts counting at once " +
      "kills it, and the next start replays still more.",
    fix: "Add a `startupProbe` with enough `failureThreshold` for the longest replay.",
    prevents: [
      "https://github.com/prometheus-community/helm-charts/issues/989",
      "https://github.com/prometheus/prometheus/issues/6934",
    ],
    scope: "object",
    checks: eachContainer((container, workload): Answer => {
      const keepsData =
        workload.kind === "StatefulSet" &&
        (
          workload.object.spec<{ volumeClaimTemplates?: { metadata?: { name?: string } }[] }>().volumeClaimTemplates ??
          []
        ).some((claim) =>
          (container.spec.volumeMounts ?? []).some(
            (mount) => mount.name === claim.metadata?.name && mount.readOnly !== true,
          ),
        );
      const killed = keepsData && container.spec.livenessProbe && !container.spec.startupProbe;
      return killed
        ? `${container.path}.startupProbe is missing beside a livenessProbe and a volume with data`
        : undefined;
    }),
  },
];
