import { workloadOf, type Workload } from "../common/workload";

/** The name the Sentinels know the primary by, for a client's configuration. */
export const PRIMARY_NAME = "main";

export const REDIS_PORT = 6379;
export const SENTINEL_PORT = 26379;
/** Port of the metrics exporter beside every server and Sentinel. */
export const EXPORTER_PORT = 9121;
/** Port on which the agent tells the kubelet, and nobody else, whether all is well. */
export const AGENT_PORT = 8009;

/** The agent's modules, and the parts of configurations that are the same for every pod. */
export const AGENT_PATH = "/opt/agent";
/** The passwords, a file each. */
export const ACCOUNTS_PATH = "/run/secrets/redis";
/** Scratch space in memory: a server's configuration, which holds passwords, never reaches a disk. */
export const RUN_PATH = "/run/redis";
/** Where programs of the pod ask the agent. */
export const AGENT_SOCKET = `${RUN_PATH}/agent.sock`;
/** The volume. */
export const DATA_PATH = "/data";

/** Name of the Sentinels' workload, by the component's own, which is that of the servers' and of the primary's Service. */
export const sentinelsOf = (name: string): string => `${name}-sentinel`;
/** Name of the EndpointSlice of the Service at the primary. */
export const sliceOf = (service: string): string => `${service}-primary`;

/** Both workloads. */
export function members(name: string, namespace: Workload["namespace"]): { servers: Workload; sentinels: Workload } {
  return {
    servers: workloadOf(name, "cache", namespace),
    sentinels: workloadOf(sentinelsOf(name), "sentinel", namespace),
  };
}
