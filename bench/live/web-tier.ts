import type { Kubectl } from "../../cluster/kubectl";
import { isReady } from "../../cluster/parse-state";

/** The kernel's CPU statistics of all web pods, added up. */
export interface CpuAccount {
  cpuSeconds: number;
  periods: number;
  throttledPeriods: number;
  throttledSeconds: number;
}

/**
 * Shell that prints a pod's CPU statistics: of control groups version 2, else of version 1, which has a separate file
 * for the use, in nanoseconds.
 */
const READ_ACCOUNT =
  'cd /sys/fs/cgroup; cat cpu.stat 2>/dev/null || { cat cpu/cpu.stat; echo "usage_ns $(cat cpuacct/cpuacct.usage)"; }';

/** Reads the CPU statistics in each web pod that is ready. */
export async function cpuAccount(cluster: Kubectl): Promise<CpuAccount> {
  const ready = (await cluster.list("pod", "app.kubernetes.io/name=web-app")).filter(isReady);
  const stats = await Promise.all(
    ready.map(({ metadata }) => cluster.run("exec", metadata!.name!, "--", "sh", "-c", READ_ACCOUNT)),
  );
  const sum = (key: string): number =>
    stats.reduce((total, stat) => total + Number(new RegExp(`^${key} (\\d+)$`, "m").exec(stat)?.[1] ?? 0), 0);
  return {
    cpuSeconds: sum("usage_usec") / 1e6 + sum("usage_ns") / 1e9,
    periods: sum("nr_periods"),
    throttledPeriods: sum("nr_throttled"),
    throttledSeconds: sum("throttled_usec") / 1e6 + sum("throttled_time") / 1e9,
  };
}

/**
 * Sets the web tier to a fixed number of pods with a CPU limit, and waits until they are ready.
 *
 * @param cores CPU limit of a pod
 * @returns a function that restores HPA and Deployment, and waits until the pods are ready
 */
export async function lowerWebTier(cluster: Kubectl, pods: number, cores: number): Promise<() => Promise<void>> {
  const hpa = (await cluster.get("horizontalpodautoscaler", "web-app"))?.spec;
  const container = (await cluster.get("deployment", "web-app"))?.spec?.template.spec?.containers[0];
  if (!hpa || !container) throw new Error("the web tier or its autoscaler is not there; `npm run up` makes it");
  const set = async (min: number, max: number, resources: object): Promise<void> => {
    await cluster.patch("horizontalpodautoscaler", "web-app", { spec: { minReplicas: min, maxReplicas: max } });
    const spec = { template: { spec: { containers: [{ name: container.name, resources }] } } };
    await cluster.run("patch", "deployment", "web-app", "--type=strategic", "-p", JSON.stringify({ spec }));
    await cluster.run("rollout", "status", "deployment/web-app", "--timeout=300s");
  };
  const cpu = `${cores * 1000}m`;
  const restore = (): Promise<void> => set(hpa.minReplicas ?? 1, hpa.maxReplicas, container.resources ?? {});
  try {
    const { limits, requests } = container.resources ?? {};
    await set(pods, pods, { limits: { ...limits, cpu }, requests: { ...requests, cpu: "200m" } });
    // The HPA applies new bounds only at its next sync, so the number is also set directly.
    await cluster.run("scale", "deployment/web-app", `--replicas=${pods}`);
    await cluster.run("rollout", "status", "deployment/web-app", "--timeout=300s");
  } catch (error) {
    await restore();
    throw error;
  }
  return restore;
}
