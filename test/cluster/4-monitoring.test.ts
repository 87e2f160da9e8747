import { expect, test } from "vitest";
import { eventually, kubectl } from "../support/live";
import { throughPort } from "../support/port-forward";

interface ApiTarget {
  labels: Record<string, string>;
  discoveredLabels: Record<string, string>;
  scrapeUrl: string;
  health: string;
  lastError: string;
}

/** Asks Prometheus' API. */
const prometheus = <T>(path: string): Promise<T> =>
  throughPort("statefulset/prometheus", 9090, async (json) => (await json<{ data: T }>(`/api/v1/${path}`)).data);

interface PodWithPorts {
  metadata: { name: string; namespace: string };
  status: { podIP?: string; phase: string };
  spec: { containers: { name: string; ports?: { name?: string; containerPort: number }[] }[] };
}

test("every target of Prometheus is up", async () => {
  await eventually(async () => {
    const { activeTargets } = await prometheus<{ activeTargets: ApiTarget[] }>("targets?state=active");
    expect(activeTargets.length).toBeGreaterThan(20);
    expect(
      activeTargets
        .filter((target) => target.health !== "up")
        .map((target) => `${target.scrapeUrl}: ${target.lastError}`),
    ).toEqual([]);
  }, 150);
});

test("every pod that has a port for metrics is a target", async () => {
  const { activeTargets } = await prometheus<{ activeTargets: ApiTarget[] }>("targets?state=active");
  const scraped = new Set(activeTargets.map((target) => new URL(target.scrapeUrl).host));
  const { items } = JSON.parse(
    await kubectl("get", "pods", "-A", "-l", "app.kubernetes.io/part-of=holdfast", "-o", "json"),
  ) as { items: PodWithPorts[] };
  const expected = items
    .filter((pod) => pod.status.phase === "Running")
    .flatMap((pod) =>
      pod.spec.containers.flatMap((container) =>
        (container.ports ?? [])
          .filter((port) => /metrics|exporter/.test(port.name ?? ""))
          .map((port) => ({
            name: `${pod.metadata.name}/${container.name}`,
            address: `${pod.status.podIP}:${port.containerPort}`,
          })),
      ),
    );
  expect(expected.length).toBeGreaterThan(15);
  expect(expected.filter(({ address }) => !scraped.has(address)).map(({ name }) => name)).toEqual([]);
});

test("the series stay few", async () => {
  // Series of this moment only: Prometheus keeps those of deleted pods for hours, and drills delete many pods.
  const count = encodeURIComponent('count({__name__=~".+"})');
  const { result } = await prometheus<{ result: { value: [number, string] }[] }>(`query?query=${count}`);
  const series = Number(result[0]?.value[1]);
  expect(series).toBeGreaterThan(500);
  expect(series).toBeLessThan(10_000);
});

test("the watchdog reaches Alertmanager", async () => {
  await eventually(async () => {
    const alerts = await throughPort("statefulset/alertmanager", 9093, (json) =>
      json<{ labels: Record<string, string> }[]>("/api/v2/alerts"),
    );
    expect(alerts.map((alert) => alert.labels["alertname"])).toContain("Watchdog");
  }, 180);
});
