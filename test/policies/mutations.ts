import { kubeObject } from "../../policy/graph/object";
import type { Resource } from "../../policy/graph/resource";
import { typeToken } from "../../policy/graph/object";

/** A copy of the program's graph that a mutation may change. */
export class Mutant {
  readonly resources: Resource[];

  constructor(graph: Resource[]) {
    this.resources = graph.map((resource) => ({ ...resource, props: structuredClone(resource.props) }));
  }

  /** Properties of a declared object, to be changed in place. */
  props(kind: string, name: string): any {
    const found = this.resources.find((resource) => {
      const object = kubeObject(resource);
      // By the resource's name where the object's is made up.
      return object?.kind === kind && (object.name === name || resource.name === name);
    });
    if (!found) throw new Error(`the program declares no ${kind} ${name}`);
    return found.props;
  }

  spec(kind: string, name: string): any {
    return this.props(kind, name).spec;
  }

  /** The pod of a workload. */
  pod(kind: string, name: string): any {
    const spec = this.spec(kind, name);
    return (kind === "CronJob" ? spec.jobTemplate.spec.template : spec.template).spec;
  }

  /** The container that does a workload's work. */
  container(kind: string, name: string): any {
    return this.pod(kind, name).containers[0];
  }

  /** Changes a file of a ConfigMap, and is sure that it did. */
  edit(configMap: string, key: string, from: string | RegExp, to: string): void {
    const { data } = this.props("ConfigMap", configMap);
    const changed = data[key].replace(from, to);
    if (changed === data[key]) throw new Error(`${key} of ${configMap} does not hold ${String(from)}`);
    data[key] = changed;
  }

  add(apiVersion: string, kind: string, name: string, rest: object = {}): void {
    this.resources.push({
      type: typeToken(apiVersion, kind),
      name,
      props: { metadata: { name, namespace: NAMESPACE }, ...rest },
    });
  }

  remove(kind: string, name: string): void {
    const { props } = this.resources.find((resource) => resource.props === this.props(kind, name))!;
    this.resources.splice(
      this.resources.findIndex((resource) => resource.props === props),
      1,
    );
  }
}

/** Ways to break rules, by rule id. */
export type Mutations = Record<string, (mutant: Mutant) => unknown>;

const NAMESPACE = "online-shop";
const WEB = ["Deployment", "web-app"] as const;
const set = Object.assign;
const RBAC = "rbac.authorization.k8s.io/v1";
const role = (rule: object) => (mutant: Mutant) =>
  mutant.add(RBAC, "Role", "mutant", { rules: [{ apiGroups: [""], ...rule }] });
const binding = (roleName: string, subject: object) => (mutant: Mutant) =>
  mutant.add(RBAC, "RoleBinding", "mutant", { roleRef: { kind: "ClusterRole", name: roleName }, subjects: [subject] });
const unspread = (pod: any, key: string) =>
  set(pod, {
    topologySpreadConstraints: pod.topologySpreadConstraints.filter(({ topologyKey }: any) => topologyKey !== key),
  });
const ingress =
  (spec: object, annotations: object = {}) =>
  (mutant: Mutant) =>
    mutant.resources.push({
      type: "kubernetes:networking.k8s.io/v1:Ingress",
      name: "mutant",
      props: { metadata: { name: "mutant", namespace: NAMESPACE, annotations }, spec },
    });

/** For each general rule a way to break it in the real program's graph. */
export const MUTATIONS: Mutations = {
  "no-privileged-container": (mutant) => set(mutant.container(...WEB).securityContext, { privileged: true }),
  "no-privilege-escalation": (mutant) => delete mutant.container(...WEB).securityContext.allowPrivilegeEscalation,
  "capabilities-dropped": (mutant) =>
    set(mutant.container("StatefulSet", "postgres").securityContext.capabilities, { add: ["SYS_NICE"] }),
  "non-root": (mutant) => set(mutant.pod("StatefulSet", "redis").securityContext, { runAsUser: 0 }),
  "high-user-id": (mutant) => set(mutant.pod("StatefulSet", "redis").securityContext, { runAsUser: 999 }),
  "seccomp-profile": (mutant) => delete mutant.pod("DaemonSet", "load-balancer").securityContext.seccompProfile,
  "kernel-confinement": (mutant) => set(mutant.container(...WEB).securityContext, { procMount: "Unmasked" }),
  "read-only-root": (mutant) =>
    set(mutant.container("StatefulSet", "prometheus").securityContext, { readOnlyRootFilesystem: false }),
  "service-links-off": (mutant) => delete mutant.pod("StatefulSet", "redis-sentinel").enableServiceLinks,
  "host-access-apart": (mutant) => set(mutant.pod("DaemonSet", "load-balancer"), { hostNetwork: true }),
  "volume-kinds": (mutant) => mutant.pod(...WEB).volumes.push({ name: "share", nfs: { server: "nas", path: "/" } }),
  "namespace-enforces-restricted": (mutant) =>
    set(mutant.props("Namespace", NAMESPACE).metadata.labels, { "pod-security.kubernetes.io/enforce": "baseline" }),
  "secrets-as-files": (mutant) =>
    set(mutant.container(...WEB), {
      env: [{ name: "KEY", valueFrom: { secretKeyRef: { name: "postgres-app-1", key: "password" } } }],
    }),
  "no-literal-credential": (mutant) =>
    set(mutant.props("ConfigMap", "web-app-config").data, { DB_PASSWORD: "hunter2" }),
  "token-only-where-used": (mutant) => {
    delete mutant.pod(...WEB).automountServiceAccountToken;
    mutant.props("ServiceAccount", "web-app").automountServiceAccountToken = true;
  },
  "image-pinned": (mutant) => set(mutant.container("DaemonSet", "load-balancer"), { image: "haproxy:latest" }),
  "image-registry-allowed": (mutant) =>
    set(mutant.container("DaemonSet", "load-balancer"), { image: "registry.example.org/haproxy:3.0" }),
  "no-wildcard-right": role({ resources: ["pods"], verbs: ["*"] }),
  "no-cluster-admin": binding("cluster-admin", { kind: "ServiceAccount", name: "postgres", namespace: NAMESPACE }),
  "no-escalating-right": role({ resources: ["pods"], verbs: ["create"] }),
  "no-secret-reading": role({ resources: ["secrets"], verbs: ["get"] }),
  "no-rights-for-everyone": binding("view", { kind: "ServiceAccount", name: "default", namespace: NAMESPACE }),
  "own-namespace": (mutant) => delete mutant.props("ConfigMap", "dashboard-web-app").metadata.namespace,
  "pods-isolated": (mutant) => mutant.remove("NetworkPolicy", "redis"),
  "policy-matches-pods": (mutant) =>
    set(mutant.spec("NetworkPolicy", "redis-sentinel").podSelector.matchLabels, {
      "app.kubernetes.io/name": "redis-sentinle",
    }),
  "no-open-edge": (mutant) => delete mutant.spec("NetworkPolicy", "postgres").ingress[0].from,
  "service-reaches-pods": (mutant) => set(mutant.spec("Service", "web-app").ports[0], { targetPort: "htp" }),
  "no-private-port-exposed": (mutant) =>
    set(mutant.spec("Service", "postgres-replicas"), { type: "NodePort", externalTrafficPolicy: "Local" }),
  "exposed-service-local": (mutant) =>
    set(mutant.spec("Service", "load-balancer"), { externalTrafficPolicy: "Cluster" }),
  "no-external-ips": (mutant) => set(mutant.spec("Service", "load-balancer"), { externalIPs: ["192.0.2.1"] }),
  "ingress-encrypted": ingress({
    rules: [{ host: "shop.example.org", http: { paths: [{ backend: { service: { name: "web-app" } } }] } }],
  }),
  "ingress-leads-somewhere": ingress({
    tls: [{ hosts: ["shop.example.org"] }],
    rules: [{ host: "shop.example.org", http: { paths: [{ backend: { service: { name: "web" } } }] } }],
  }),
  "ingress-no-snippets": ingress({ tls: [{}] }, { "nginx.ingress.kubernetes.io/server-snippet": "return 200;" }),
  "requests-and-limits": (mutant) => delete mutant.container("StatefulSet", "alertmanager").resources.limits.memory,
  "scratch-space-bounded": (mutant) => delete mutant.container(...WEB).resources.limits["ephemeral-storage"],
  "env-names-unique": (mutant) => {
    const env = mutant.container("StatefulSet", "postgres").env;
    env.push({ ...env[0] });
  },
  "current-api-version": (mutant) => mutant.add("policy/v1beta1", "PodSecurityPolicy", "mutant"),
  "api-takes-fields": (mutant) => set(mutant.container(...WEB).securityContext, { privileged: "yes" }),
  "no-opaque-release": (mutant) => mutant.add("helm.sh/v3", "Release", "mutant", { chart: "redis" }),
  "readiness-probe": (mutant) => delete mutant.container("StatefulSet", "redis").readinessProbe,
  "liveness-probe": (mutant) => delete mutant.container("StatefulSet", "redis").livenessProbe,
  "probes-differ": (mutant) => {
    const container = mutant.container(...WEB);
    container.livenessProbe = container.readinessProbe;
  },
  "probe-reaches-container": (mutant) => set(mutant.container(...WEB).readinessProbe.httpGet, { port: 8081 }),
  "slow-start-allowed": (mutant) => delete mutant.container("StatefulSet", "prometheus").startupProbe,
  "request-path-redundant": (mutant) => set(mutant.spec("StatefulSet", "postgres-pooler"), { replicas: 1 }),
  "autoscaler-works": (mutant) => {
    delete mutant.container(...WEB).resources.requests.cpu;
    delete mutant.container(...WEB).resources.limits.cpu;
  },
  "autoscaler-owns-count": (mutant) => set(mutant.spec(...WEB), { replicas: 3 }),
  "budget-present": (mutant) => mutant.remove("PodDisruptionBudget", "redis-sentinel"),
  "budget-permits-eviction": (mutant) => set(mutant.spec("PodDisruptionBudget", "postgres"), { maxUnavailable: 0 }),
  "budget-lets-sick-pods-go": (mutant) =>
    delete mutant.spec("PodDisruptionBudget", "web-app").unhealthyPodEvictionPolicy,
  "one-budget-per-pod": (mutant) =>
    mutant.add("policy/v1", "PodDisruptionBudget", "mutant", {
      spec: { ...mutant.spec("PodDisruptionBudget", "redis") },
    }),
  "spread-over-nodes": (mutant) => {
    delete mutant.pod("StatefulSet", "redis").affinity;
    unspread(mutant.pod("StatefulSet", "redis"), "kubernetes.io/hostname");
  },
  "spread-over-zones": (mutant) => unspread(mutant.pod(...WEB), "topology.kubernetes.io/zone"),
  "spread-counts-new-pods": (mutant) => delete mutant.pod(...WEB).topologySpreadConstraints[0].matchLabelKeys,
  "replicas-can-be-placed": (mutant) => set(mutant.spec("StatefulSet", "postgres"), { replicas: 9 }),
  "rollout-keeps-capacity": (mutant) => set(mutant.spec(...WEB).strategy.rollingUpdate, { maxUnavailable: 1 }),
  "traffic-leaves-first": (mutant) => delete mutant.container(...WEB).lifecycle,
  "grace-covers-drain": (mutant) =>
    set(mutant.pod("DaemonSet", "load-balancer"), { terminationGracePeriodSeconds: 30 }),
  "config-rolls-pods": (mutant) => delete mutant.props("ConfigMap", "web-app-config").immutable,
  "content-keeps-workloads": (mutant) => {
    mutant.add("v1", "Secret", "mutant", { stringData: { password: "mutant" } });
    const web = mutant.resources.find(({ props }) => props === mutant.props(...WEB))!;
    mutant.resources.at(-1)!.urn = "urn:mutant";
    web.dependencies = { ...web.dependencies, spec: ["urn:mutant"] };
  },
  "database-has-grace": (mutant) => set(mutant.pod("StatefulSet", "postgres"), { terminationGracePeriodSeconds: 0 }),
  "cronjob-no-overlap": (mutant) => set(mutant.spec("CronJob", "postgres-backup"), { concurrencyPolicy: "Allow" }),
  "cronjob-catches-up": (mutant) => delete mutant.spec("CronJob", "postgres-backup").startingDeadlineSeconds,
  "job-ends": (mutant) => delete mutant.spec("CronJob", "postgres-backup").jobTemplate.spec.activeDeadlineSeconds,
  "edges-meet": (mutant) => mutant.spec("NetworkPolicy", "postgres").ingress.shift(),
  "wiring-permitted": (mutant) => mutant.spec("NetworkPolicy", "web-app").egress.shift(),
  "edges-used": (mutant) => {
    delete mutant.props("ConfigMap", "web-app-config").data.REDIS_SENTINELS;
    mutant.resources.find(({ props }) => props === mutant.props("ConfigMap", "web-app-config"))!.dependencies = {};
  },
  "no-strangers": (mutant) =>
    set(mutant.spec("Job", "web-app-migrate").template.metadata, {
      labels: { ...mutant.spec(...WEB).template.metadata.labels },
    }),
  "references-exist": (mutant) => mutant.remove("ConfigMap", "redis-config"),
  "statefulset-has-service": (mutant) => set(mutant.spec("StatefulSet", "redis"), { serviceName: "rediss" }),
  "alert-for-every-workload": (mutant) =>
    mutant.edit("prometheus-rules", "watch.yml", "expr: up == 0", "expr: vector(0)"),
  "rates-span-scrapes": (mutant) => mutant.edit("prometheus-rules", "load-balancer.yml", "[5m]", "[1m]"),
  "alerts-actionable": (mutant) => mutant.edit("prometheus-rules", "web-app.yml", /^ *runbook_url:.*\n/m, ""),
  "peak-survives-zone": (mutant) => {
    const { annotations } = mutant.props("HorizontalPodAutoscaler", "web-app").metadata;
    annotations["holdfast.dev/planned-load"] = annotations["holdfast.dev/planned-load"].replace(
      /"peakRate":\d+/,
      '"peakRate":2100',
    );
  },
  "peak-fits-quota": (mutant) =>
    mutant.add("v1", "ResourceQuota", "mutant", { spec: { hard: { "requests.cpu": "2" } } }),
};
