import { execute, type Cluster } from "../../drills/stack/execute";

/** The kernel's account of the web pods' CPU, added up. */
export interface CpuAccount {
  cpuSeconds: number;
  periods: number;
  throttledPeriods: number;
  throttledSeconds: number;
}

const kubectl = (cluster: Cluster, ...args: string[]): Promise<string> =>
  execute(cluster, { program: "kubectl", args: ["-n", cluster.namespace, ...args] });

/** Reads `cpu.stat` in each web pod. */
export async function cpuAccount(cluster: Cluster): Promise<CpuAccount> {
  const pods = (await kubectl(cluster, "get", "pods", "-l", "app.kubernetes.io/name=web-app", "--field-selector", "status.phase=Running", "-o", "name")).trim().split("\n");
  const stats = await Promise.all(pods.map((pod) => kubectl(cluster, "exec", pod, "--", "cat", "/sys/fs/cgroup/cpu.stat")));
  const sum = (key: string): number => stats.reduce((total, stat) => total + Number(new RegExp(`^${key} (\\d+)$`, "m").exec(stat)?.[1] ?? 0), 0);
  return { cpuSeconds: sum("usage_usec") / 1e6, periods: sum("nr_periods"), throttledPeriods: sum("nr_throttled"), throttledSeconds: sum("throttled_usec") / 1e6 };
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
