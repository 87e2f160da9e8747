import type * as pulumi from "@pulumi/pulumi";
import type * as k8s from "@pulumi/kubernetes";
import { withScratch } from "../../common/resources";
import { containerSecurityContext } from "../../common/security";
import { CREDENTIALS_DIRECTORY, RUNTIME_DIRECTORY, SETTINGS_DIRECTORY } from "../names";
import { AGENT_NUMBERS } from "../settings";

type Container = k8s.types.input.core.v1.Container;
type Volume = k8s.types.input.core.v1.Volume;
type VolumeMount = k8s.types.input.core.v1.VolumeMount;
type EnvVar = k8s.types.input.core.v1.EnvVar;

/**
 * What each of the image's programs is told: which pod it is in (addresses come from Kubernetes, never from a name),
 * and the numbers that it goes by.
 */
export function environment(): EnvVar[] {
  const field = (name: string, fieldPath: string): EnvVar => ({ name, valueFrom: { fieldRef: { fieldPath } } });
  return [
    field("POD_NAME", "metadata.name"),
    field("POD_NAMESPACE", "metadata.namespace"),
    field("POD_IP", "status.podIP"),
    ...Object.entries(AGENT_NUMBERS).map(([name, value]) => ({ name, value: String(value) })),
  ];
}

/**
 * Asks again within a second and often: a node that dies may take a DNS server with it, and half of all questions then
 * go unanswered for 50 s. Nothing on the way of a failover looks up a name; this is for what remains.
 */
export const dnsConfig: k8s.types.input.core.v1.PodDNSConfig = {
  options: [
    { name: "timeout", value: "1" },
    { name: "attempts", value: "5" },
    { name: "ndots", value: "2" },
  ],
};

/**
 * Directories that every container of ours writes to or reads from.
 *
 * @param settings ConfigMaps, side by side in one directory
 * @param secrets Secrets with a file for each password
 */
export function commonVolumes(settings: pulumi.Input<string>[], secrets: pulumi.Input<string>[]): Volume[] {
  return [
    // In memory: it holds rendered files with passwords in them.
    { name: "runtime", emptyDir: { medium: "Memory", sizeLimit: "16Mi" } },
    { name: "tmp", emptyDir: { sizeLimit: "64Mi" } },
    { name: "settings", projected: { sources: settings.map((name) => ({ configMap: { name } })) } },
    { name: "credentials", projected: { sources: secrets.map((name) => ({ secret: { name } })), defaultMode: 0o440 } },
  ];
}
export const commonMounts: VolumeMount[] = [
  { name: "runtime", mountPath: RUNTIME_DIRECTORY },
  { name: "tmp", mountPath: "/tmp" },
  { name: "settings", mountPath: SETTINGS_DIRECTORY, readOnly: true },
  { name: "credentials", mountPath: CREDENTIALS_DIRECTORY, readOnly: true },
];

/**
 * A small helper container: an agent or an exporter.
 *
 * @param port its HTTP port, named like the container
 * @param path what answers 200 while it works
 * @param cpu its limit
 */
export function sidecar(
  container: Pick<Container, "name" | "image" | "command" | "args" | "env" | "volumeMounts">,
  port: number,
  path: string,
  memory: { request: string; limit: string },
  cpu = "300m",
): Container {
  const httpGet = { path, port };
  return {
    ...container,
    ports: [{ name: container.name, containerPort: port }],
    resources: withScratch({ requests: { cpu: "20m", memory: memory.request }, limits: { cpu, memory: memory.limit } }),
    securityContext: containerSecurityContext(),
    startupProbe: { httpGet, periodSeconds: 2, failureThreshold: 30 },
    livenessProbe: { httpGet, periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 6 },
    readinessProbe: { httpGet, periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 3 },
  };
}

/**
 * CPU limit of an agent. It needs next to none but in the moment of a failover, and each time it was held back then
 * cost the callers 50 ms.
 */
const AGENT_CPU = "1";

/**
 * The agent of a pod. It starts before the pod's main containers and stops after them (a native sidecar: an init
 * container that restarts), because the hooks ask it for help just when the pod is told to stop.
 *
 * @param port its HTTP port
 */
export function agentContainer(
  container: Pick<Container, "image" | "command" | "env" | "volumeMounts">,
  port: number,
): Container {
  const agent = sidecar(
    { name: "agent", ...container },
    port,
    "/healthz",
    { request: "64Mi", limit: "160Mi" },
    AGENT_CPU,
  );
  return { ...agent, restartPolicy: "Always" };
}
