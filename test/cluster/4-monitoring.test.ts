import { expect, test } from "vitest";
import { eventually, inStack, kubectl, settings } from "../support/live";

interface ApiTarget {
  labels: Record<string, string>;
  discoveredLabels: Record<string, string>;
  scrapeUrl: string;
  health: string;
  lastError: string;
}

/** Asks Prometheus through the API server, as no test pod is part of the wiring. */
async function prometheus<T>(path: string): Promise<T> {
  const answer = await kubectl("get", "--raw", `/api/v1/namespaces/${settings.namespace}/pods/prometheus-0:9090/proxy/api/v1/${path}`);
  return (JSON.parse(answer) as { data: T }).data;
}

interface PodWithPorts {
  metadata: { name: string; namespace: string };
  status: { podIP?: string; phase: string };
  spec: { containers: { name: string; ports?: { name?: string; containerPort: number }[] }[] };
}

test("every target of Prometheus is up", async () => {
  await eventually(async () => {
    const { activeTargets } = await prometheus<{ activeTargets: ApiTarget[] }>("targets?state=active");
    expect(activeTargets.length).toBeGreaterThan(20);
    expect(activeTargets.filter((target) => target.health !== "up").map((target) => `${target.scrapeUrl}: ${target.lastError}`)).toEqual([]);
  }, 150);
});

test("every pod that has a port for metrics is a target", async () => {
  const { activeTargets } = await prometheus<{ activeTargets: ApiTarget[] }>("targets?state=active");
  const scraped = new Set(activeTargets.map((target) => new URL(target.scrapeUrl).host));
  const { items } = JSON.parse(await kubectl("get", "pods", "-A", "-l", "app.kubernetes.io/part-of=holdfast", "-o", "json")) as { items: PodWithPorts[] };
  const expected = items
    .filter((pod) => pod.status.phase === "Running")
    .flatMap((pod) => pod.spec.containers.flatMap((container) => (container.ports ?? [])
      .filter((port) => /metrics|exporter/.test(port.name ?? ""))
      .map((port) => ({ name: `${pod.metadata.name}/${container.name}`, address: `${pod.status.podIP}:${port.containerPort}` }))));
  expect(expected.length).toBeGreaterThan(15);
  expect(expected.filter(({ address }) => !scraped.has(address)).map(({ name }) => name)).toEqual([]);
});

test("the series stay few", async () => {
  const { headStats } = await prometheus<{ headStats: { numSeries: number } }>("status/tsdb");
  expect(headStats.numSeries).toBeGreaterThan(500);
  expect(headStats.numSeries).toBeLessThan(10_000);
});

test("the watchdog reaches Alertmanager", async () => {
  await eventually(async () => {
    const alerts = JSON.parse(await kubectl("get", "--raw", `/api/v1/namespaces/${settings.namespace}/pods/alertmanager-0:9093/proxy/api/v2/alerts`)) as { labels: Record<string, string> }[];
    expect(alerts.map((alert) => alert.labels["alertname"])).toContain("Watchdog");
  }, 180);
  expect(await inStack("get", "statefulset", "alertmanager", "-o", "name")).toContain("alertmanager");
});
