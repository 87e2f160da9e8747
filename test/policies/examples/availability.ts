import {
  autoscaler,
  budget,
  configMap,
  container,
  deployment,
  mounting,
  networkPolicy,
  object,
  peer,
  service,
  statefulSet,
  workload,
} from "../objects";
import type { Resource } from "../../../policy/graph/resource";
import type { Examples } from "./example";

const replicas = (count: number, parts: Record<string, any> = {}) =>
  deployment("web", { ...parts, spec: { replicas: count, ...parts.spec } });
const measured = (kind: string) => ({ container: { resources: { requests: { [kind]: "100m" } } } });
const ports = { ports: [{ containerPort: 8080 }] };
const over = (topologyKey: string, app = "web", rest: object = {}) => ({
  topologyKey,
  maxSkew: 1,
  whenUnsatisfiable: "DoNotSchedule",
  labelSelector: { matchLabels: { app } },
  ...rest,
});
const spread = (...topologySpreadConstraints: object[]) => ({ pod: { topologySpreadConstraints } });
const apart = (topologyKey: string) => ({
  pod: {
    affinity: {
      podAntiAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: [
          { topologyKey, labelSelector: { matchLabels: { app: "web" } } },
        ],
      },
    },
  },
});
const rolling = (maxUnavailable: number | string) => ({ spec: { strategy: { rollingUpdate: { maxUnavailable } } } });
const preStop = (handler: object, grace?: number) => ({
  pod: grace === undefined ? {} : { terminationGracePeriodSeconds: grace },
  container: { ...ports, lifecycle: { preStop: handler } },
});
const cronJob = (spec: object, jobSpec: object = {}) => [workload("CronJob", "backup", { spec: { ...spec, jobSpec } })];
const quota = (hard: object) => object("ResourceQuota", "quota", { spec: { hard } });
const cpu = (value: string) => ({ container: { resources: { requests: { cpu: value }, limits: { memory: "1Gi" } } } });
const planned = (change: object, maxReplicas: number, limit = "1") => [
  container({ resources: { limits: { cpu: limit } } }),
  autoscaler(
    "web",
    { maxReplicas },
    {
      "holdfast.dev/planned-load": JSON.stringify({
        rate: 50,
        peakRate: 100,
        serviceTimeMs: 20,
        cpuTimeMs: 10,
        percentile: 99,
        latencyMs: 250,
        ...change,
      }),
    },
  ),
];
const computedFrom = (read: Resource, kind = "Deployment") => ({
  ...workload(kind, "web"),
  dependencies: { spec: [read.urn!] },
});
const autonamed = (name: string) =>
  object("Secret", "mine", { metadata: { name, annotations: { "pulumi.com/autonamed": "true" } } });
const claim = { volumeClaimTemplates: [{ metadata: { name: "data" } }] };

/** Examples of the rules about replicas, spread, rollouts, jobs and quotas. */
export const availabilityExamples: Examples = {
  "request-path-redundant": {
    bad: [
      [replicas(1), service("web", 80)],
      [
        replicas(2),
        service("web", 80, { type: "NodePort" }),
        deployment("db"),
        networkPolicy("web", { egress: [{ to: [peer("db")] }] }),
      ],
    ],
    good: [
      [replicas(2), service("web", 80)],
      [replicas(2), service("web", 80, { type: "NodePort" }), deployment("monitor"), service("monitor", 9090)],
      [deployment("web"), service("web", 80), autoscaler("web", { minReplicas: 3 })],
    ],
  },
  "autoscaler-works": {
    bad: [
      autoscaler("web"),
      [deployment("web"), autoscaler("web")],
      [deployment("web", measured("cpu")), autoscaler("web", { minReplicas: 1 })],
      [deployment("web", measured("cpu")), autoscaler("web", { maxReplicas: 2 })],
    ],
    good: [[deployment("web", measured("cpu")), autoscaler("web")]],
  },
  "autoscaler-owns-count": {
    bad: [[replicas(3), autoscaler("web")]],
    good: [[deployment("web"), autoscaler("web")], replicas(3)],
  },
  "budget-present": {
    bad: [replicas(2), [replicas(2), budget("other")]],
    good: [[replicas(2), budget("web")], replicas(1)],
  },
  "budget-permits-eviction": {
    bad: [
      [replicas(2), budget("web", {})],
      [replicas(2), budget("web", { minAvailable: 2 })],
      [replicas(2), budget("web", { minAvailable: "100%" })],
      [replicas(2), budget("web", { maxUnavailable: 0 })],
      [replicas(2), budget("web", { maxUnavailable: 2 })],
    ],
    good: [
      [replicas(2), budget("web")],
      [replicas(3), budget("web", { minAvailable: "50%" })],
    ],
  },
  "budget-lets-sick-pods-go": {
    bad: [budget("web"), budget("web", { unhealthyPodEvictionPolicy: "IfHealthyBudget" })],
    good: [budget("web", { unhealthyPodEvictionPolicy: "AlwaysAllow" })],
  },
  "one-budget-per-pod": {
    bad: [
      [replicas(2), budget("web"), budget("web", {}, "again")],
      [replicas(2), budget("wbe")],
    ],
    good: [[replicas(2), budget("web")]],
  },
  "spread-over-nodes": {
    bad: [
      replicas(2),
      replicas(2, spread(over("kubernetes.io/hostname", "other"))),
      [deployment("web"), autoscaler("web")],
    ],
    good: [
      replicas(2, spread(over("kubernetes.io/hostname"))),
      replicas(2, apart("kubernetes.io/hostname")),
      replicas(1),
    ],
  },
  "spread-over-zones": {
    config: { zones: 2 },
    bad: [replicas(2, spread(over("kubernetes.io/hostname")))],
    good: [replicas(2, spread(over("topology.kubernetes.io/zone")))],
  },
  "spread-counts-new-pods": {
    bad: [replicas(2, spread(over("kubernetes.io/hostname")))],
    good: [
      replicas(2, spread(over("kubernetes.io/hostname", "web", { matchLabelKeys: ["pod-template-hash"] }))),
      statefulSet("db", { spec: { replicas: 2 }, ...spread(over("kubernetes.io/hostname", "db")) }),
    ],
  },
  "replicas-can-be-placed": {
    config: { nodes: 3 },
    bad: [replicas(4, apart("kubernetes.io/hostname"))],
    good: [replicas(3, apart("kubernetes.io/hostname")), replicas(4)],
  },
  "rollout-keeps-capacity": {
    bad: [
      replicas(3, rolling(1)),
      replicas(4, rolling("25%")),
      replicas(4),
      [replicas(1, { spec: { strategy: { type: "Recreate" } } }), service("web", 80)],
    ],
    good: [
      replicas(3, rolling(0)),
      replicas(3),
      replicas(1, { spec: { strategy: { type: "Recreate" } } }),
      statefulSet("db", { spec: { replicas: 4 } }),
    ],
  },
  "traffic-leaves-first": {
    bad: [[container(ports), service("web", 80)]],
    good: [
      [deployment("web", preStop({ sleep: { seconds: 5 } })), service("web", 80)],
      deployment("worker", { container: ports }),
    ],
  },
  "grace-covers-drain": {
    bad: [
      deployment("web", preStop({ sleep: { seconds: 30 } })),
      deployment("web", preStop({ exec: { command: ["sh", "-c", "sleep 5; kill -TERM 1; sleep 30"] } }, 35)),
      deployment("web", {
        ...preStop({ sleep: { seconds: 5 } }, 20),
        container: {
          lifecycle: { preStop: { sleep: { seconds: 5 } } },
          env: [{ name: "SHUTDOWN_TIMEOUT", value: "15s" }],
        },
      }),
      [
        deployment("lb", {
          pod: { volumes: [{ name: "c", configMap: { name: "lb" } }], terminationGracePeriodSeconds: 20 },
        }),
        configMap("lb", { "haproxy.cfg": "global\n  hard-stop-after 30s\n" }),
      ],
    ],
    good: [
      deployment("web", preStop({ sleep: { seconds: 5 } })),
      deployment("web", preStop({ exec: { command: ["sh", "-c", "sleep 5; kill -TERM 1; sleep 30"] } }, 45)),
      deployment("web"),
    ],
  },
  "config-rolls-pods": {
    bad: [[configMap("web", {}), container({ envFrom: [{ configMapRef: { name: "web" } }] })]],
    good: [
      [
        configMap("web", {}),
        deployment("web", {
          container: { envFrom: [{ configMapRef: { name: "web" } }] },
          template: { annotations: { "checksum/config": "abc" } },
        }),
      ],
      [configMap("web-7f5c9d8b6t", {}), container({ envFrom: [{ configMapRef: { name: "web-7f5c9d8b6t" } }] })],
      [configMap("web", {}), deployment("web", mounting("web"))],
    ],
  },
  "content-keeps-workloads": {
    bad: ["Secret", "ConfigMap"].map((kind) => [object(kind, "mine"), computedFrom(object(kind, "mine"))]),
    good: [
      [object("Secret", "mine"), deployment("web", mounting("mine"))],
      [object("Secret", "mine"), computedFrom(object("Secret", "mine"), "Job")],
      [autonamed("mine-1a2b3c4d"), computedFrom(autonamed("mine-1a2b3c4d"))],
      [object("Secret", "mine", { metadata: { name: "mine-1a2b3c4d" } }), computedFrom(object("Secret", "mine"))],
    ],
  },
  "database-has-grace": {
    bad: [statefulSet("db", { spec: claim, pod: { terminationGracePeriodSeconds: 0 } })],
    good: [statefulSet("db", { spec: claim }), statefulSet("cache", { pod: { terminationGracePeriodSeconds: 0 } })],
  },
  "cronjob-no-overlap": {
    bad: [cronJob({}), cronJob({ concurrencyPolicy: "Allow" })],
    good: [cronJob({ concurrencyPolicy: "Forbid" })],
  },
  "cronjob-catches-up": {
    bad: [cronJob({}), cronJob({ startingDeadlineSeconds: 5 })],
    good: [cronJob({ startingDeadlineSeconds: 600 })],
  },
  "job-ends": {
    bad: [cronJob({}), workload("Job", "once")],
    good: [
      cronJob({}, { activeDeadlineSeconds: 600 }),
      workload("Job", "once", { spec: { activeDeadlineSeconds: 60 } }),
    ],
  },
  "peak-survives-zone": {
    config: { zones: 3 },
    bad: [
      // 10 erlang at the peak; of 12 pods 8 are left.
      planned({ peakRate: 1000 }, 12),
      planned({ peakRate: 1000, latencyMs: 5 }, 50),
      planned({ rate: -1 }, 6),
      planned({ rate: "many" }, 6),
      planned({ algorithm: "dice" }, 6),
      planned({ speed: 3 }, 6),
      [deployment("web"), autoscaler("web", {}, { "holdfast.dev/planned-load": "100/s" })],
      planned({}, 3, "100m"),
    ],
    good: [
      planned({ peakRate: 1000 }, 24),
      planned({}, 3),
      planned({ algorithm: "source", balancers: 2, variability: 0, peakRate: undefined }, 6),
      [deployment("web"), autoscaler("web")],
    ],
  },
  "peak-fits-quota": {
    bad: [
      // Four pods and one of surge, half a core each.
      [deployment("web", cpu("500m")), autoscaler("web"), quota({ "requests.cpu": "2400m" })],
      [deployment("web", cpu("500m")), quota({ "limits.memory": "1Gi" })],
      [replicas(3), quota({ pods: 3 })],
    ],
    good: [[deployment("web", cpu("500m")), autoscaler("web"), quota({ "requests.cpu": "2500m", pods: 5 })]],
  },
};
