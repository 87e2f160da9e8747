import { configMap, deployment, namespace, NAMESPACE, object, statefulSet, workload, container, pod } from "../objects";
import type { Examples } from "./example";

const securityContext = (context: object) => container({ securityContext: context });
const resources = { requests: { cpu: "100m", memory: "64Mi" }, limits: { cpu: 1, memory: "128Mi" } };
const hostPath = { volumes: [{ name: "proc", hostPath: { path: "/proc" } }], automountServiceAccountToken: false };
const mount = (readOnly: boolean) => ({ volumeMounts: [{ name: "proc", mountPath: "/host/proc", readOnly }] });
const ports = [{ name: "http", containerPort: 8080 }];
const asks = (path: string, rest: object = {}) => ({ httpGet: { path, port: "http" }, ...rest });
const data = { volumeClaimTemplates: [{ metadata: { name: "data" } }] };
const keeps = { volumeMounts: [{ name: "data", mountPath: "/data" }] };
const keySecret = object("Secret", "s", { immutable: true });
/** A Deployment with a variable from that Secret, whose pods name such variables. */
const readsKey = (named?: string) =>
  deployment("web", {
    container: { env: [{ name: "KEY", valueFrom: { secretKeyRef: { name: "s", key: "k" } } }] },
    ...(named !== undefined && { template: { annotations: { "holdfast.dev/secret-env": named } } }),
  });

/** Examples of the rules about pods and containers. */
export const podExamples: Examples = {
  "no-privileged-container": {
    bad: [
      securityContext({ privileged: true }),
      pod({ initContainers: [{ name: "init", securityContext: { privileged: true } }] }),
    ],
    good: [securityContext({ privileged: false }), deployment("web")],
  },
  "no-privilege-escalation": {
    bad: [deployment("web"), securityContext({ allowPrivilegeEscalation: true })],
    good: [securityContext({ allowPrivilegeEscalation: false })],
  },
  "capabilities-dropped": {
    bad: [
      deployment("web"),
      securityContext({ capabilities: { drop: ["NET_RAW"] } }),
      securityContext({ capabilities: { drop: ["ALL"], add: ["SYS_ADMIN"] } }),
    ],
    good: [securityContext({ capabilities: { drop: ["ALL"], add: ["NET_BIND_SERVICE"] } })],
  },
  "non-root": {
    bad: [
      deployment("web"),
      securityContext({ runAsNonRoot: true, runAsUser: 0 }),
      deployment("web", {
        pod: { securityContext: { runAsNonRoot: true } },
        container: { securityContext: { runAsNonRoot: false } },
      }),
    ],
    good: [pod({ securityContext: { runAsNonRoot: true, runAsUser: 1000 } }), securityContext({ runAsNonRoot: true })],
  },
  "high-user-id": {
    bad: [securityContext({ runAsUser: 999, runAsGroup: 20_000 }), securityContext({ runAsUser: 20_000 })],
    good: [pod({ securityContext: { runAsUser: 10_001, runAsGroup: 10_001 } })],
  },
  "seccomp-profile": {
    bad: [deployment("web"), securityContext({ seccompProfile: { type: "Unconfined" } })],
    good: [pod({ securityContext: { seccompProfile: { type: "RuntimeDefault" } } })],
  },
  "kernel-confinement": {
    bad: [
      securityContext({ appArmorProfile: { type: "Unconfined" } }),
      securityContext({ procMount: "Unmasked" }),
      securityContext({ seLinuxOptions: { type: "spc_t" } }),
      pod({ securityContext: { sysctls: [{ name: "kernel.msgmax", value: "1" }] } }),
      deployment("web", {
        template: { annotations: { "container.apparmor.security.beta.kubernetes.io/web": "unconfined" } },
      }),
    ],
    good: [pod({ securityContext: { sysctls: [{ name: "net.ipv4.tcp_keepalive_time", value: "60" }] } })],
  },
  "read-only-root": { bad: [deployment("web")], good: [securityContext({ readOnlyRootFilesystem: true })] },
  "service-links-off": {
    bad: [deployment("web")],
    good: [pod({ enableServiceLinks: false })],
  },
  "host-access-apart": {
    bad: [
      pod({ hostNetwork: true }),
      container({ ports: [{ containerPort: 80, hostPort: 80 }] }),
      [
        namespace({ "pod-security.kubernetes.io/enforce": "privileged" }),
        workload("DaemonSet", "agent", { pod: hostPath, container: mount(false) }),
      ],
      [
        namespace({ "pod-security.kubernetes.io/enforce": "privileged" }),
        workload("DaemonSet", "agent", { pod: hostPath, container: mount(true) }),
        deployment("web"),
      ],
    ],
    good: [
      deployment("web"),
      [
        namespace({ "pod-security.kubernetes.io/enforce": "privileged" }),
        workload("DaemonSet", "agent", { pod: hostPath, container: mount(true) }),
      ],
    ],
  },
  "volume-kinds": {
    bad: [pod({ volumes: [{ name: "share", nfs: { server: "nas", path: "/" } }] })],
    good: [
      pod({
        volumes: [
          { name: "tmp", emptyDir: {} },
          { name: "config", configMap: { name: "c" } },
        ],
      }),
    ],
  },
  "namespace-enforces-restricted": {
    bad: [namespace(), [namespace({ "pod-security.kubernetes.io/enforce": "baseline" }), deployment("web")]],
    good: [[namespace({ "pod-security.kubernetes.io/enforce": "restricted" }), deployment("web")]],
  },
  "secrets-as-files": {
    bad: [
      container({ env: [{ name: "KEY", valueFrom: { secretKeyRef: { name: "s", key: "k" } } }] }),
      container({ envFrom: [{ secretRef: { name: "s" } }] }),
      [keySecret, readsKey()],
      [keySecret, readsKey('["OTHER"]')],
      [keySecret, readsKey("KEY")],
      [object("Secret", "s"), readsKey('["KEY"]')],
      [readsKey('["KEY"]')],
    ],
    good: [pod({ volumes: [{ name: "s", secret: { secretName: "s" } }] }), [keySecret, readsKey('["KEY"]')]],
  },
  "no-literal-credential": {
    bad: [
      container({ env: [{ name: "DB_PASSWORD", value: "hunter2" }] }),
      configMap("web", { "api-key": "abcdef" }),
      configMap("web", { DATABASE_URL: "postgres://app:hunter2@db:5432/shop" }),
      configMap("web", { "tls.pem": "-----BEGIN RSA PRIVATE KEY-----\nabc" }),
    ],
    good: [
      container({
        env: [
          { name: "DB_PASSWORD_FILE", value: "/run/secrets/password" },
          { name: "TOKEN_TTL_SECONDS", value: "60" },
        ],
      }),
      configMap("web", { DATABASE_URL: "postgres://app@db:5432/shop", "secret.path": "/run/secrets" }),
    ],
  },
  "token-only-where-used": {
    bad: [
      deployment("web"),
      [object("ServiceAccount", "web"), pod({ serviceAccountName: "web" })],
      pod({
        automountServiceAccountToken: false,
        volumes: [{ name: "t", projected: { sources: [{ serviceAccountToken: { path: "token" } }] } }],
      }),
    ],
    good: [
      pod({ automountServiceAccountToken: false }),
      [object("ServiceAccount", "web", { automountServiceAccountToken: false }), pod({ serviceAccountName: "web" })],
      [
        object("RoleBinding", "web", {
          subjects: [{ kind: "ServiceAccount", name: "web", namespace: NAMESPACE }],
          roleRef: { kind: "Role", name: "web" },
        }),
        pod({ serviceAccountName: "web" }),
      ],
    ],
  },
  "image-pinned": {
    bad: [
      container({ image: "nginx" }),
      container({ image: "localhost:5001/nginx" }),
      container({ image: "nginx:latest" }),
    ],
    good: [container({ image: "nginx:1.27" }), container({ image: `localhost:5001/web@sha256:${"a".repeat(64)}` })],
  },
  "image-registry-allowed": {
    config: { registries: ["docker.io", "quay.io"] },
    bad: [container({ image: "registry.example.org/nginx:1.0" })],
    good: [container({ image: "nginx:1.27" }), container({ image: "quay.io/org/image:1" })],
  },
  "requests-and-limits": {
    bad: [deployment("web"), container({ resources: { ...resources, limits: { memory: "1Gi" } } })],
    good: [container({ resources })],
  },
  "scratch-space-bounded": {
    bad: [container({ resources })],
    good: [
      container({
        resources: { requests: { "ephemeral-storage": "64Mi" }, limits: { "ephemeral-storage": "1Gi" } },
      }),
    ],
  },
  "env-names-unique": {
    bad: [
      container({
        env: [
          { name: "A", value: "1" },
          { name: "B", value: "1" },
          { name: "A", value: "2" },
        ],
      }),
    ],
    good: [
      container({
        env: [
          { name: "A", value: "1" },
          { name: "B", value: "1" },
        ],
      }),
    ],
  },
  "current-api-version": {
    bad: [
      object("Ingress", "web", {}, "extensions/v1beta1"),
      object("PodDisruptionBudget", "web", {}, "policy/v1beta1"),
    ],
    good: [[object("Ingress", "web"), object("PodDisruptionBudget", "web")]],
  },
  "api-takes-fields": {
    bad: [
      deployment("web", { spec: { replicas: "3" } }),
      container({ securityContext: { privileged: "true" } }),
      object("ConfigMap", "web", { data: { port: 80 } }),
      object("Rollout", "web", { metadata: { labels: { on: true } } }, "argoproj.io/v1alpha1"),
    ],
    good: [
      deployment("web", {
        spec: { replicas: null, strategy: { rollingUpdate: { maxSurge: "25%", maxUnavailable: 0 } } },
      }),
      container({ resources: { limits: { cpu: 1, memory: "1Gi" } }, volumes: null }),
      object("Rollout", "web", { spec: { anything: [1, "a", null] } }, "argoproj.io/v1alpha1"),
    ],
  },
  "no-opaque-release": {
    bad: [object("Release", "web", { chart: "nginx" })],
    good: [object("Release", "web", {}, "example.org/v1"), deployment("web")],
  },
  "readiness-probe": {
    bad: [container({ ports })],
    good: [
      container({ ports, readinessProbe: asks("/readyz") }),
      workload("Job", "once", { container: { ports } }),
      deployment("worker"),
    ],
  },
  "liveness-probe": {
    bad: [container({ ports })],
    good: [container({ ports, livenessProbe: asks("/healthz") }), deployment("worker")],
  },
  "probes-differ": {
    bad: [
      container({ ports, readinessProbe: asks("/"), livenessProbe: asks("/") }),
      container({ ports, readinessProbe: asks("/", { failureThreshold: 6 }), livenessProbe: asks("/") }),
    ],
    good: [
      container({ ports, readinessProbe: asks("/readyz"), livenessProbe: asks("/healthz") }),
      container({ ports, readinessProbe: asks("/"), livenessProbe: asks("/", { failureThreshold: 6 }) }),
    ],
  },
  "probe-reaches-container": {
    bad: [
      container({ ports, readinessProbe: { tcpSocket: { port: 9090 } } }),
      container({ ports, livenessProbe: { httpGet: { port: "http", host: "example.org" } } }),
    ],
    good: [
      container({
        ports,
        readinessProbe: asks("/"),
        livenessProbe: { exec: { command: ["true"] } },
        startupProbe: { tcpSocket: { port: 8080 } },
      }),
    ],
  },
  "slow-start-allowed": {
    bad: [statefulSet("db", { spec: data, container: { ...keeps, livenessProbe: { exec: { command: ["true"] } } } })],
    good: [
      statefulSet("db", {
        spec: data,
        container: {
          ...keeps,
          livenessProbe: { exec: { command: ["true"] } },
          startupProbe: { exec: { command: ["true"] } },
        },
      }),
      statefulSet("db", { spec: data, container: { livenessProbe: { exec: { command: ["true"] } } } }),
    ],
  },
};
