import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import Table from "cli-table3";
import { mean } from "simple-statistics";
import { z } from "zod";
import { Kubectl } from "../cluster/kubectl";
import { loadSettings } from "../commands/support/settings";
import { quantity } from "../graph/quantity";

/**
 * CPU and memory of the stack without any load, requested and used, by component, from the cluster's metrics API. Run
 * it on a stack that has been idle for some minutes: `npx tsx bench/idle.ts --minutes 5`.
 */
const { values } = parseArgs({
  options: { env: { type: "string", default: "dev" }, minutes: { type: "string", default: "5" } },
});
const cluster = new Kubectl({ context: loadSettings(values.env).kubeContext });

/** Seconds between two samples: the kubelets report new numbers about this often. */
const INTERVAL_SECONDS = 15;

const amounts = z.object({ cpu: z.string().default("0"), memory: z.string().default("0") });
const list = <T extends z.ZodType>(item: T) => z.object({ items: z.array(item) });
const metadata = z.object({
  name: z.string(),
  namespace: z.string().default(""),
  labels: z.record(z.string(), z.string()).default({}),
});
const podList = list(
  z.object({
    metadata,
    spec: z.object({
      containers: z.array(z.object({ resources: z.object({ requests: amounts.prefault({}) }).prefault({}) })),
    }),
    status: z.object({ phase: z.string() }),
  }),
);
const podMetrics = list(z.object({ metadata, containers: z.array(z.object({ usage: amounts })) }));
const nodeMetrics = list(z.object({ metadata, usage: amounts }));

async function read<T>(schema: z.ZodType<T>, path: string): Promise<T> {
  return schema.parse(JSON.parse(await cluster.run("get", "--raw", path)));
}

interface Row {
  pods: number;
  cpuRequest: number;
  memoryRequest: number;
  cpu: number[];
  memory: number[];
}

const MACHINERY = "Kubernetes (kube-system and the like)";
const NODES = "nodes (kubelet, containerd, kernel)";
const rows = new Map<string, Row>();
const componentOf = new Map<string, string>();
const row = (name: string): Row =>
  rows.get(name) ?? rows.set(name, { pods: 0, cpuRequest: 0, memoryRequest: 0, cpu: [], memory: [] }).get(name)!;
const total = (all: { cpu: string; memory: string }[], what: "cpu" | "memory"): number =>
  all.reduce((sum, each) => sum + quantity(each[what]), 0);

for (const {
  metadata: { name, namespace, labels },
  spec,
  status,
} of (await read(podList, "/api/v1/pods")).items) {
  if (status.phase !== "Running") continue;
  const component = labels["app.kubernetes.io/part-of"] === "holdfast" ? labels["app.kubernetes.io/name"]! : MACHINERY;
  componentOf.set(`${namespace}/${name}`, component);
  const requests = spec.containers.map(({ resources }) => resources.requests);
  const found = row(component);
  found.pods += 1;
  found.cpuRequest += total(requests, "cpu");
  found.memoryRequest += total(requests, "memory");
}

const samples = Math.max(1, Math.round((60 * Number(values.minutes)) / INTERVAL_SECONDS));
for (let sample = 0; sample < samples; sample++) {
  if (sample > 0) await sleep(1_000 * INTERVAL_SECONDS);
  const [pods, nodes] = await Promise.all([
    read(podMetrics, "/apis/metrics.k8s.io/v1beta1/pods"),
    read(nodeMetrics, "/apis/metrics.k8s.io/v1beta1/nodes"),
  ]);
  const used = nodes.items.map(({ usage }) => usage);
  const sums = new Map([[NODES, { cpu: total(used, "cpu"), memory: total(used, "memory") }]]);
  for (const {
    metadata: { name, namespace },
    containers,
  } of pods.items) {
    const component = componentOf.get(`${namespace}/${name}`) ?? MACHINERY;
    const usage = containers.map((container) => container.usage);
    const [cpu, memory] = [total(usage, "cpu"), total(usage, "memory")];
    for (const [key, sign] of [
      [component, 1],
      [NODES, -1],
    ] as const) {
      const sum = sums.get(key) ?? { cpu: 0, memory: 0 };
      sums.set(key, { cpu: sum.cpu + sign * cpu, memory: sum.memory + sign * memory });
    }
  }
  for (const [component, { cpu, memory }] of sums) {
    row(component).cpu.push(cpu);
    row(component).memory.push(memory);
  }
}

const MEBI = 2 ** 20;
const table = new Table({
  head: [
    "component",
    "pods",
    "CPU requested, m",
    "CPU used, m (mean)",
    "most",
    "memory requested, Mi",
    "memory used, Mi",
  ],
  style: { head: [], border: [] },
});
const whole = (value: number): string => value.toFixed(0);
for (const [name, { pods, cpuRequest, memoryRequest, cpu, memory }] of [...rows].sort(([a], [b]) => (a < b ? -1 : 1))) {
  table.push([
    name,
    pods || "",
    whole(1e3 * cpuRequest),
    whole(1e3 * mean(cpu)),
    whole(1e3 * Math.max(...cpu)),
    whole(memoryRequest / MEBI),
    whole(mean(memory) / MEBI),
  ]);
}
const sumOf = (value: (each: Row) => number): string =>
  whole([...rows.values()].reduce((sum, each) => sum + value(each), 0));
table.push([
  "all",
  sumOf((each) => each.pods),
  sumOf((each) => 1e3 * each.cpuRequest),
  sumOf((each) => 1e3 * mean(each.cpu)),
  "",
  sumOf((each) => each.memoryRequest / MEBI),
  sumOf((each) => mean(each.memory) / MEBI),
]);
console.log(table.toString());
console.log(`${samples} samples, one every ${INTERVAL_SECONDS} s`);
