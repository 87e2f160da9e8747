import { writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import Table from "cli-table3";
import { mean } from "simple-statistics";
import { z } from "zod";
import { Kubectl } from "../cluster/kubectl";
import type { KeptTable } from "../commands/docs/kept-tables";
import { machine } from "../commands/support/results";
import { loadSettings } from "../commands/support/settings";
import { quantity } from "../graph/quantity";

/**
 * What the stack costs while nobody uses it: requests beside what is measured, by component, from the cluster's metrics
 * API. Run it on a stack that has been left alone for some minutes: `npx tsx bench/idle.ts --minutes 5`. With
 * `--json docs/results/tables/idle.json` and `npm run docs` the docs show it.
 */
const { values } = parseArgs({
  options: {
    env: { type: "string", default: "dev" },
    minutes: { type: "string", default: "5" },
    json: { type: "string" },
  },
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
const head = ["component", "pods", "CPU requested, m", "CPU used, m", "memory requested, Mi", "memory used, Mi"];
const numbers = ({ pods, cpuRequest, memoryRequest, cpu, memory }: Row): number[] => [
  pods,
  1e3 * cpuRequest,
  1e3 * mean(cpu),
  memoryRequest / MEBI,
  mean(memory) / MEBI,
];
const measured = [...rows]
  .sort(([a], [b]) => (a < b ? -1 : 1))
  .map(([name, each]) => [name, ...numbers(each)] as const);
const all = head.slice(1).map((_, n) => measured.reduce((sum, row) => sum + Number(row[n + 1]), 0));
const body = [...measured, ["all", ...all] as const].map(([name, ...each]) => [name, ...each.map(Math.round)]);

const table = new Table({ head, style: { head: [], border: [] } });
table.push(...body);
console.log(table.toString());
const how = `mean of ${samples} samples, one every ${INTERVAL_SECONDS} s`;
console.log(how);
if (values.json !== undefined) {
  const kept: KeptTable = {
    title: "What the idle stack uses",
    measuredAt: new Date().toISOString().slice(0, 10),
    machine: machine(),
    command: "npx tsx bench/idle.ts",
    typed: false,
    head,
    rows: body,
    note: `The \`${values.env}\` environment, left alone for some minutes; ${how}.`,
  };
  writeFileSync(values.json, `${JSON.stringify(kept)}\n`);
}
