import { type Answer, check, eachWorkload } from "../engine/checks";
import { numberSetting, type Rule } from "../engine/rule";
import { configFilesOf, configMapNames, variablesOf } from "../graph/references";
import type { Graph } from "../graph/graph";
import type { KubeObject } from "../graph/object";
import { servicesOf } from "../graph/network";
import { replicasOf, share } from "../graph/replicas";
import { requestPath } from "../graph/request-path";
import type { ContainerSpec } from "../graph/types";
import type { Workload } from "../graph/workload";

interface Strategy {
  type?: string;
  rollingUpdate?: { maxUnavailable?: number | string; maxSurge?: number | string };
}

const DEFAULT_GRACE = 30;
/** What a program may call the seconds it takes to finish its work, in a variable or a ConfigMap. */
const DRAIN_VARIABLE = /^(DRAIN|SHUTDOWN|GRACEFUL_SHUTDOWN|TERMINATION)(_TIMEOUT|_PERIOD|_GRACE)?(_SECONDS|_S)?$/;

/** Seconds that the `sleep`s of a shell line take. */
function sleeps(line: string): number {
  return [...line.matchAll(/\bsleep (\d+(?:\.\d+)?)/g)].reduce((sum, [, seconds]) => sum + Number(seconds), 0);
}

/**
 * Seconds a preStop hook takes before the program begins to stop, and in all: a hook may send the signal itself and
 * wait.
 */
function preStopSeconds({ lifecycle }: ContainerSpec): { before: number; all: number } {
  const { sleep, exec } = lifecycle?.preStop ?? {};
  const line = (exec?.command ?? []).join(" ");
  const all = (sleep?.seconds ?? 0) + sleeps(line);
  const [first = ""] = line.split(/\bkill\b/, 1);
  return { before: line.includes("kill") ? sleeps(first) : all, all };
}

function seconds(text: string | undefined): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m)?$/.exec(text?.trim() ?? "");
  return match ? Number(match[1]) * ({ ms: 1e-3, s: 1, m: 60 }[match[2] ?? "s"] ?? 1) : 0;
}

/**
 * Seconds a pod's programs say they need to finish their work: a variable of that meaning, or HAProxy's
 * `hard-stop-after`.
 */
function drainSeconds(workload: Workload, graph: Graph): number {
  const haproxy = configFilesOf(workload, graph)
    .filter(({ key }) => key.endsWith(".cfg"))
    .flatMap(({ text }) => [...text.matchAll(/^\s*hard-stop-after\s+(\S+)/gm)].map(([, value]) => value));
  return Math.max(0, ...[...variablesOf(workload, graph, DRAIN_VARIABLE), ...haproxy].map(seconds));
}

/** Whether a ConfigMap's name changes with its content: kustomize's suffix, or `immutable`. */
function versioned(name: string, namespace: string, graph: Graph): boolean {
  return /-[a-z0-9]{10}$/.test(name) || graph.find("ConfigMap", namespace, name)?.field<boolean>("immutable") === true;
}

/** ConfigMaps that a running pod never reads again: its environment, and files mounted by `subPath`. */
function frozenConfigMaps(workload: Workload): string[] {
  const byEnvironment = workload
    .containers()
    .flatMap(({ spec }) => [
      ...(spec.envFrom ?? []).map((source) => source.configMapRef?.name),
      ...(spec.env ?? []).map((variable) => variable.valueFrom?.configMapKeyRef?.name),
    ]);
  const subPaths = new Set(
    workload
      .containers()
      .flatMap(({ spec }) => (spec.volumeMounts ?? []).filter((mount) => mount.subPath).map((mount) => mount.name)),
  );
  const bySubPath = (workload.podSpec.volumes ?? [])
    .filter(({ name }) => subPaths.has(name))
    .map((volume) => volume.configMap?.name);
  const known = configMapNames(workload);
  return [...new Set([...byEnvironment, ...bySubPath])].filter(
    (name) => name !== undefined && known.includes(name),
  ) as string[];
}

/**
 * Whether Pulumi makes up another name for each content, or one of our components sees to it that a name's never
 * changes.
 */
function renewed({ metadata, resource: { urn = "", name } }: KubeObject): boolean {
  if (urn.includes("::holdfast:index:") || metadata.annotations?.["pulumi.com/autonamed"] === "true") return true;
  const own = metadata.name ?? "";
  return own.startsWith(`${name}-`) && /^[a-z0-9]{8}$/.test(own.slice(name.length + 1));
}

/** How pods are replaced and stopped. */
export const rolloutRules: Rule[] = [
  {
    id: "rollout-keeps-capacity",
    title: "A Deployment's rollout starts new pods before it stops old ones",
    why:
      "With Recreate, or with pods allowed to be missing, every release takes capacity away, at three replicas a " +
      "third of it.",
    fix: "Use `type: RollingUpdate` with `maxUnavailable: 0` and `maxSurge: 1`.",
    scope: "graph",
    checks: eachWorkload((workload, graph): Answer => {
      if (workload.kind !== "Deployment") return undefined;
      const { type = "RollingUpdate", rollingUpdate: { maxUnavailable = "25%" } = {} } =
        workload.object.spec<{ strategy?: Strategy }>().strategy ?? {};
      if (type !== "RollingUpdate")
        return requestPath(graph).has(workload) ? "spec.strategy stops every pod before it starts one" : undefined;
      return share(maxUnavailable, replicasOf(workload, graph).min, false) > 0
        ? "spec.strategy.rollingUpdate.maxUnavailable lets pods be missing"
        : undefined;
    }),
  },
  {
    id: "traffic-leaves-first",
    title: "Pods on the request path wait before they stop",
    why:
      "A stopping pod gets new connections until every proxy and balancer has heard of it; one that stops at once " +
      "refuses them.",
    fix: "Add `lifecycle.preStop.sleep` of about 5 seconds (or a hook that hands over) to the container that serves.",
    prevents: [
      "https://github.com/kubernetes/kubernetes/issues/43576",
      "https://github.com/kubernetes/kubernetes/issues/86280",
    ],
    scope: "graph",
    checks: eachWorkload((workload, graph): Answer => {
      if (
        !["Deployment", "DaemonSet"].includes(workload.kind) ||
        !requestPath(graph).has(workload) ||
        servicesOf(workload, graph).length === 0
      )
        return undefined;
      const hooked = workload.containers().some(({ spec }) => (spec.ports ?? []).length > 0 && spec.lifecycle?.preStop);
      return hooked ? undefined : "no container that serves has a lifecycle.preStop";
    }),
  },
  {
    id: "grace-covers-drain",
    title: "The grace period is longer than preStop and drain together",
    why:
      "At its end the kubelet kills: requests that the drain was there for fail, and a database that was about to " +
      "hand over crashes instead.",
    fix:
      "Raise `terminationGracePeriodSeconds` by what the message says, or shorten the hook or the program's own " +
      "drain time.",
    prevents: ["https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-termination"],
    scope: "graph",
    settings: {
      marginSeconds: { type: "integer", description: "Seconds that must remain after preStop and drain.", default: 1 },
    },
    checks: eachWorkload((workload, graph, settings): Answer => {
      const grace = workload.podSpec.terminationGracePeriodSeconds ?? DEFAULT_GRACE;
      const drain = drainSeconds(workload, graph);
      const longest = Math.max(
        drain,
        ...workload
          .containers()
          .map(({ spec }) => preStopSeconds(spec))
          .map(({ before, all }) => Math.max(all, before + drain)),
      );
      const short = longest + (longest > 0 ? numberSetting(settings, "marginSeconds") : 0) - grace;
      return short > 0
        ? `${workload.podPath}.terminationGracePeriodSeconds is ${short} s too short for its preStop hooks and drain`
        : undefined;
    }),
  },
  {
    id: "config-rolls-pods",
    title: "A changed ConfigMap reaches the pods that read it at their start",
    why:
      "Variables and subPath files are read once: after the update half of the pods run on the old setting until " +
      "something restarts them.",
    fix:
      "Put a checksum of the ConfigMap into an annotation of the pod template, or a hash into the ConfigMap's " +
      "name, or make it immutable and let Pulumi name it.",
    prevents: ["https://github.com/kubernetes/kubernetes/issues/22368"],
    advisoryIn: ["dev"],
    scope: "graph",
    checks: eachWorkload((workload, graph): Answer => {
      if (!workload.longRunning) return undefined;
      const marked = Object.keys(workload.template.metadata?.annotations ?? {}).some((key) =>
        /checksum|config-?hash|config-version/i.test(key),
      );
      const stale = frozenConfigMaps(workload).some(
        (name) => !versioned(name, workload.namespace, graph) && graph.find("ConfigMap", workload.namespace, name),
      );
      return stale && !marked
        ? "reads a ConfigMap at its start only, and nothing in its pod template changes with it"
        : undefined;
    }),
  },
  {
    id: "content-keeps-workloads",
    title: "A changed ConfigMap or Secret deletes no workload",
    why:
      "One of a stated name is deleted before it is made anew, and with it, first, everything that was computed " +
      "from it: " +
      "an outage, unless the provider has enableConfigMapMutable and enableSecretMutable.",
    fix:
      "Leave `metadata.name` out, so that each content has a name of its own and the pods roll over to it; " +
      "or write the name as plain text and the object into `dependsOn`: then it is followed, and rolls nobody.",
    prevents: ["https://www.pulumi.com/registry/packages/kubernetes/api-docs/provider/"],
    scope: "graph",
    checks: eachWorkload(function* (workload, graph): Iterable<string> {
      if (!workload.longRunning) return;
      const { resource } = workload.object;
      const from = new Set(
        Object.keys(resource.dependencies ?? {}).flatMap((key) => graph.dependencies(resource, key)),
      );
      for (const object of graph.objects) {
        if (!["ConfigMap", "Secret"].includes(object.kind) || !from.has(object.resource) || renewed(object)) continue;
        yield `is computed from the ${object.kind} ${object.resource.name}, whose name is stated: a change of that ` +
          "deletes both first";
      }
    }),
  },
  {
    id: "database-has-grace",
    title: "What keeps data gets time to stop",
    why:
      "A short grace period kills a database in the middle of its shutdown: recovery instead of a clean start, at " +
      "every rollout.",
    fix: "Leave `terminationGracePeriodSeconds` out, or set it to what a clean shutdown needs.",
    prevents: ["https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/"],
    scope: "object",
    settings: {
      minimumSeconds: {
        type: "integer",
        description: "Shortest grace period of a StatefulSet with volumes.",
        default: 10,
      },
    },
    *checks(graph, settings) {
      for (const workload of graph.workloads.filter(({ kind }) => kind === "StatefulSet")) {
        yield check(workload.object.resource, () => {
          const keepsData =
            (workload.object.spec<{ volumeClaimTemplates?: unknown[] }>().volumeClaimTemplates ?? []).length > 0;
          const grace = workload.podSpec.terminationGracePeriodSeconds ?? DEFAULT_GRACE;
          return keepsData && grace < numberSetting(settings, "minimumSeconds")
            ? `${workload.podPath}.terminationGracePeriodSeconds is too short for a clean shutdown`
            : undefined;
        });
      }
    },
  },
];
