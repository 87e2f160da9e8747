import { type Answer, eachContainer, eachWorkload } from "../engine/checks";
import type { Rule } from "../engine/rule";
import type { SecurityContext } from "../graph/types";
import type { Container, Workload } from "../graph/workload";

/** A security setting as it takes effect: the container's own, else the pod's. */
function effective<K extends keyof SecurityContext>(
  container: Container,
  workload: Workload,
  key: K,
): SecurityContext[K] {
  return container.spec.securityContext?.[key] ?? workload.podSpec.securityContext?.[key];
}

const SAFE_SYSCTLS = [
  "kernel.shm_rmid_forced",
  "net.ipv4.ip_local_port_range",
  "net.ipv4.ip_unprivileged_port_start",
  "net.ipv4.tcp_syncookies",
  "net.ipv4.ping_group_range",
  "net.ipv4.ip_local_reserved_ports",
  "net.ipv4.tcp_keepalive_time",
  "net.ipv4.tcp_fin_timeout",
  "net.ipv4.tcp_keepalive_intvl",
  "net.ipv4.tcp_keepalive_probes",
  "net.ipv4.tcp_rmem",
  "net.ipv4.tcp_wmem",
];
const SELINUX_TYPES = [undefined, "", "container_t", "container_init_t", "container_kvm_t", "container_engine_t"];

function* confinement(context: SecurityContext | undefined, path: string): Iterable<string> {
  if (context?.appArmorProfile?.type === "Unconfined") yield `${path}.appArmorProfile switches AppArmor off`;
  if (context?.seccompProfile?.type === "Unconfined") yield `${path}.seccompProfile switches seccomp off`;
  if (context?.procMount !== undefined && context.procMount !== "Default") yield `${path}.procMount unmasks /proc`;
  const selinux = context?.seLinuxOptions;
  if (selinux && (!SELINUX_TYPES.includes(selinux.type) || selinux.user || selinux.role))
    yield `${path}.seLinuxOptions leaves the container's own domain`;
}

/** What Pod Security *restricted* asks of a pod and its containers, and two settings beyond it. */
export const podSecurityRules: Rule[] = [
  {
    id: "no-privileged-container",
    title: "No container is privileged",
    why: "A privileged container is root on its node: whoever gets into it has every pod and secret there.",
    fix: "Remove `securityContext.privileged`.",
    scope: "object",
    checks: eachContainer(({ spec, path }) =>
      spec.securityContext?.privileged === true ? `${path}.securityContext.privileged is set` : undefined,
    ),
  },
  {
    id: "no-privilege-escalation",
    title: "No process may gain more rights than its parent",
    why: "Without it a setuid binary in the image turns a broken-into web server into root inside the container.",
    fix: "Set `securityContext.allowPrivilegeEscalation: false` on the container.",
    scope: "object",
    checks: eachContainer(({ spec, path }) =>
      spec.securityContext?.allowPrivilegeEscalation === false
        ? undefined
        : `${path}.securityContext.allowPrivilegeEscalation is not false`,
    ),
  },
  {
    id: "capabilities-dropped",
    title: "Containers drop all capabilities and add at most NET_BIND_SERVICE",
    why:
      "The default set lets a container craft raw packets, change file owners and bind anything; no web service " +
      "needs it.",
    fix: "Set `securityContext.capabilities.drop: [ALL]` on the container.",
    scope: "object",
    checks: eachContainer(function* ({ spec, path }): Iterable<string> {
      const { add = [], drop = [] } = spec.securityContext?.capabilities ?? {};
      if (!drop.includes("ALL")) yield `${path}.securityContext.capabilities.drop does not name ALL`;
      if (add.some((name) => name !== "NET_BIND_SERVICE"))
        yield `${path}.securityContext.capabilities.add goes beyond NET_BIND_SERVICE`;
    }),
  },
  {
    id: "non-root",
    title: "Containers cannot run as root",
    why: "Root in a container is one kernel or runtime bug away from root on the node (CVE-2019-5736, CVE-2024-21626).",
    fix: "Set `runAsNonRoot: true` in the pod's `securityContext`, and no `runAsUser: 0` anywhere.",
    prevents: ["https://nvd.nist.gov/vuln/detail/CVE-2024-21626", "https://nvd.nist.gov/vuln/detail/CVE-2019-5736"],
    scope: "object",
    checks: eachContainer(function* (container, workload): Iterable<string> {
      if (effective(container, workload, "runAsNonRoot") !== true)
        yield `${container.path} may run as root: no effective runAsNonRoot`;
      if (effective(container, workload, "runAsUser") === 0)
        yield `${container.path} runs as root: its effective runAsUser is 0`;
    }),
  },
  {
    id: "high-user-id",
    title: "User and group ids are stated and above those of a node's accounts",
    why:
      "An id that a node's own account also has owns that account's files as soon as something leaves the " +
      "container.",
    fix: "Set `runAsUser` and `runAsGroup` above 10000 in the pod's `securityContext`.",
    advisoryIn: ["dev"],
    scope: "object",
    checks: eachContainer(function* (container, workload): Iterable<string> {
      for (const key of ["runAsUser", "runAsGroup"] as const) {
        const id = effective(container, workload, key);
        if (id === undefined || id <= 10_000) yield `${container.path} has no effective ${key} above 10000`;
      }
    }),
  },
  {
    id: "seccomp-profile",
    title: "The runtime's seccomp profile filters system calls",
    why:
      "Kubernetes starts containers without any filter by default; most container escapes needed a call that the " +
      "profile refuses.",
    fix: "Set `seccompProfile.type: RuntimeDefault` in the pod's `securityContext`.",
    prevents: ["https://nvd.nist.gov/vuln/detail/CVE-2022-0185"],
    scope: "object",
    checks: eachContainer((container, workload) => {
      const type = effective(container, workload, "seccompProfile")?.type;
      return type === "RuntimeDefault" || type === "Localhost"
        ? undefined
        : `${container.path} has no effective seccompProfile of type RuntimeDefault or Localhost`;
    }),
  },
  {
    id: "kernel-confinement",
    title: "No pod loosens AppArmor, SELinux, the /proc mask or unsafe kernel settings",
    why: "Each of them is a wall between a container and its node that Kubernetes puts up by default.",
    fix: "Remove the `appArmorProfile`, `seLinuxOptions`, `procMount` or `sysctls` entry that the message names.",
    scope: "object",
    checks: eachWorkload(function* (workload): Iterable<string> {
      yield* confinement(workload.podSpec.securityContext, `${workload.podPath}.securityContext`);
      for (const { spec, path } of workload.containers())
        yield* confinement(spec.securityContext, `${path}.securityContext`);
      const annotations = workload.template.metadata?.annotations ?? {};
      if (
        Object.keys(annotations).some(
          (key) =>
            key.startsWith("container.apparmor.security.beta.kubernetes.io/") && annotations[key] === "unconfined",
        )
      ) {
        yield `an annotation of the pod switches AppArmor off`;
      }
      for (const [index, { name = "" }] of (workload.podSpec.securityContext?.sysctls ?? []).entries()) {
        if (!SAFE_SYSCTLS.includes(name))
          yield `${workload.podPath}.securityContext.sysctls[${index}] is not in the safe set`;
      }
    }),
  },
  {
    id: "read-only-root",
    title: "Root file systems are read-only",
    why:
      "What cannot be written cannot keep an intruder's tools, and a service that writes where no volume is loses " +
      "it at the next restart.",
    fix: "Set `securityContext.readOnlyRootFilesystem: true` and mount an `emptyDir` where the program must write.",
    advisoryIn: ["dev"],
    scope: "object",
    checks: eachContainer(({ spec, path }) =>
      spec.securityContext?.readOnlyRootFilesystem === true
        ? undefined
        : `${path}.securityContext.readOnlyRootFilesystem is not true`,
    ),
  },
  {
    id: "service-links-off",
    title: "Pods are not handed every Service's address as variables",
    why:
      "`REDIS_PORT=tcp://…` overwrites settings of the same name, depends on what was created first, and with " +
      "thousands of Services no process starts any more.",
    fix: "Set `enableServiceLinks: false` and hand addresses over explicitly.",
    prevents: [
      "https://github.com/kubernetes/kubernetes/issues/84539",
      "https://github.com/kubernetes/kubernetes/issues/121787",
    ],
    advisoryIn: ["dev", "staging", "prod"],
    scope: "object",
    checks: eachWorkload(
      (workload): Answer =>
        workload.podSpec.enableServiceLinks === false
          ? undefined
          : `${workload.podPath}.enableServiceLinks is not false`,
    ),
  },
];
