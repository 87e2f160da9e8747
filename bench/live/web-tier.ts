import type { Cluster } from "../../drills/stack/execute";
import { kubectl } from "./kubectl";

/** The kernel's account of the web pods' CPU, added up. */
export interface CpuAccount {
  cpuSeconds: number;
  periods: number;
  throttledPeriods: number;
  throttledSeconds: number;
}

/** The pod's own account: of control groups version 2, else of version 1, where use has a file of its own and times are nanoseconds. */
const READ_ACCOUNT = 'cd /sys/fs/cgroup; cat cpu.stat 2>/dev/null || { cat cpu/cpu.stat; echo "usage_ns $(cat cpuacct/cpuacct.usage)"; }';

/** Reads it in each web pod that is ready. */
export async function cpuAccount(cluster: Cluster): Promise<CpuAccount> {
  const { items } = JSON.parse(await kubectl(cluster, "get", "pods", "-l", "app.kubernetes.io/name=web-app", "-o", "json"));
  const ready = items.filter((pod: any) => !pod.metadata.deletionTimestamp && pod.status.containerStatuses?.every((c: any) => c.ready));
  const stats: string[] = await Promise.all(ready.map((pod: any) => kubectl(cluster, "exec", pod.metadata.name, "--", "sh", "-c", READ_ACCOUNT)));
  const sum = (key: string): number => stats.reduce((total, stat) => total + Number(new RegExp(`^${key} (\\d+)$`, "m").exec(stat)?.[1] ?? 0), 0);
  return {
    cpuSeconds: sum("usage_usec") / 1e6 + sum("usage_ns") / 1e9,
    periods: sum("nr_periods"),
    throttledPeriods: sum("nr_throttled"),
    throttledSeconds: sum("throttled_usec") / 1e6 + sum("throttled_time") / 1e9,
  };
}

/**
 * Holds the web tier at a number of pods of a CPU limit, and waits until it is so.
 *
 * @returns puts HPA and Deployment back as they were, and waits for that too
 */
export async function lowerWebTier(cluster: Cluster, pods: number, cores: number): Promise<() => Promise<void>> {
  const hpa = JSON.parse(await kubectl(cluster, "get", "hpa", "web-app", "-o", "json"));
  const deployment = JSON.parse(await kubectl(cluster, "get", "deployment", "web-app", "-o", "json"));
  const [container] = deployment.spec.template.spec.containers;
  const set = async (min: number, max: number, resources: object): Promise<void> => {
    await kubectl(cluster, "patch", "hpa", "web-app", "--type=merge", "-p", JSON.stringify({ spec: { minReplicas: min, maxReplicas: max } }));
    const spec = { template: { spec: { containers: [{ name: container.name, resources }] } } };
    await kubectl(cluster, "patch", "deployment", "web-app", "--type=strategic", "-p", JSON.stringify({ spec }));
    await kubectl(cluster, "rollout", "status", "deployment/web-app", "--timeout=300s");
  };
  const cpu = `${cores * 1000}m`;
  const restore = (): Promise<void> => set(hpa.spec.minReplicas, hpa.spec.maxReplicas, container.resources);
  try {
    await set(pods, pods, { limits: { ...container.resources.limits, cpu }, requests: { ...container.resources.requests, cpu: "200m" } });
    // Bounds of the HPA are followed at its next look only, so the count is set as well.
    await kubectl(cluster, "scale", "deployment/web-app", `--replicas=${pods}`);
    await kubectl(cluster, "rollout", "status", "deployment/web-app", "--timeout=300s");
  } catch (error) {
    await restore();
    throw error;
  }
  return restore;
}
