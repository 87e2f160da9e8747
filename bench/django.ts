/**
 * The Django shop of examples/django-shop under 50 requests a second, while a release with a migration runs and while
 * parts of it are lost:
 *
 *   npx tsx bench/django.ts [--runs 3] [--only release,node-killed] [--json FILE]
 *
 * It deploys the example to Holdfast's own cluster, which has room for it once `npm run down` has taken the shop away,
 * and removes it at the end. Counted are requests that failed, the longest time without an acknowledgement, and
 * acknowledged orders that are not there or whose job no worker has done.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Command } from "commander";
import { execa } from "execa";
import { Kubectl } from "../cluster/kubectl";
import { takeLock } from "../cluster/lock";
import type { KeptTable } from "../commands/docs/kept-tables";
import { machine } from "../commands/support/results";
import { lockHolder } from "../components/postgres/operations";
import { drive } from "../drills/load/drive";
import { Journal, readJournal } from "../drills/load/journal";
import { ShopWay } from "../drills/load/shop";
import { measureReads, measureWrites } from "../drills/measure/measure";
import { spread } from "../drills/measure/runs";
import { until } from "../drills/stack/pause";
import { CONTEXT } from "../local/cluster/cluster";
import { stateFolder } from "../local/paths";
import { audit, DjangoShop, HOST, NODE_PORT } from "./live/django-shop";

/** Half of the 50 requests a second are orders. */
const SHAPE = { writesPerSecond: 25, readsPerSecond: 25, sessions: 20 };
/** Seconds of load before anything happens, and at least and at most after it began. */
const [WARM_UP, AT_LEAST, AT_MOST] = [10, 20, 300];
/** Orders are steady again after so many milliseconds in which each was acknowledged. */
const STEADY_MS = 5_000;
/** Seconds until every pod is ready, and until workers have done every job. */
const [WHOLE_SECONDS, JOB_SECONDS] = [300, 90];

const cluster = new Kubectl({ context: CONTEXT, namespace: "django-shop" }, { apart: true });
const never = new AbortController().signal;

async function primary(): Promise<string> {
  const holder = lockHolder(await cluster.get("endpoints", "shop-postgres"));
  if (holder === undefined) throw new Error("nobody has the database's lock");
  return holder;
}
const jsonPath = (...words: string[]) => cluster.run("get", ...words.slice(0, -1), "-o", `jsonpath=${words.at(-1)}`);
const deletePod = (pod: string) => cluster.run("delete", "pod", pod, "--wait=false");
const PROGRAMS = ["deployment/shop-web", "deployment/shop-celery"];

/** What happens under load; what it gives undoes it. */
const HAPPENINGS: Record<string, (shop: DjangoShop) => Promise<(() => Promise<unknown>) | undefined>> = {
  release: async (shop) => void (await shop.release()),
  rollout: async () => {
    await cluster.run("rollout", "restart", ...PROGRAMS);
    for (const one of PROGRAMS) await cluster.run("rollout", "status", one, "--timeout=300s");
    return undefined;
  },
  "primary-deleted": async () => void (await deletePod(await primary())),
  "redis-deleted": async () =>
    void (await deletePod(await jsonPath("endpointslice", "shop-queue-primary", "{.endpoints[0].targetRef.name}"))),
  "node-killed": async () => {
    const node = await jsonPath("pod", await primary(), "{.spec.nodeName}");
    await execa("docker", ["kill", node]);
    return () => execa("docker", ["start", node]);
  },
};

const { runs, only, json } = new Command()
  .option("--runs <n>", "of each", "3")
  .option("--only <names>", "some of them, separated by commas", Object.keys(HAPPENINGS).join())
  .option("--json <file>", "the result goes there, too; the docs show docs/results/tables/django.json")
  .parse()
  .opts<{ runs: string; only: string; json?: string }>();
const unknown = only.split(",").find((name) => !Object.hasOwn(HAPPENINGS, name));
if (unknown !== undefined) throw new Error(`--only has ${unknown}; there are ${Object.keys(HAPPENINGS).join(", ")}`);

async function waitUntilWhole(): Promise<void> {
  const pods = ["pod", "-l", "!batch.kubernetes.io/job-name"];
  const ready = async () => (await cluster.ask("wait", ...pods, "--for=condition=Ready", "--timeout=5s")) !== undefined;
  if (!(await until(ready, { every: 2, atMost: WHOLE_SECONDS }, never)))
    throw new Error(`not every pod got ready within ${WHOLE_SECONDS} s; \`kubectl get pods\` shows which`);
}

let shop: DjangoShop | undefined;
/** Undoes what happens now; nothing where that mends itself. */
let undo: (() => Promise<unknown>) | undefined;

/** @returns whether there was something to undo */
async function mend(): Promise<boolean> {
  const mine = undo;
  undo = undefined;
  await mine?.();
  return mine !== undefined;
}

/** A way in that is never killed: the balancer of the control plane. */
async function entry(): Promise<string> {
  const address = '{.items[0].status.addresses[?(@.type=="InternalIP")].address}';
  return `http://${await jsonPath("nodes", "-l", "node-role.kubernetes.io/control-plane", address)}:${NODE_PORT}`;
}

const HEAD = [
  "while",
  "requests",
  "failed",
  "orders out, s",
  "reads out, s",
  "lost",
  "duplicates",
  "stale",
  "jobs lost",
];

/** One run's numbers, in the order of {@link HEAD} after its first column. */
type Counted = number[];

/** The runs of one happening in one row: outages as median and worst, everything else as their sum. */
function rowOf(name: string, runs: Counted[]): (string | number)[] {
  const columns = runs[0]!.map((_, column) => runs.map((one) => one[column]!));
  const cells = columns.map((values, column) => {
    if (!HEAD[column + 1]!.endsWith(", s")) return values.reduce((sum, value) => sum + value, 0);
    const { median, worst } = spread(values)!;
    return `${median} / ${worst}`;
  });
  return [`${name}, ${runs.length} runs`, ...cells];
}

/** One run. */
async function run(deployed: DjangoShop, url: string, name: string, seed: number): Promise<Counted> {
  await waitUntilWhole();
  const prefix = `bench-${Date.now().toString(36)}`;
  const folder = mkdtempSync(join(tmpdir(), "holdfast-bench-"));
  const journal = new Journal(join(folder, "journal"));
  const way = new ShopWay(url, seed, HOST);
  const load = drive(way, journal, SHAPE, prefix, seed);
  try {
    await sleep(1000 * WARM_UP);
    const faultAt = Date.now();
    undo = await HAPPENINGS[name]!(deployed);
    await sleep(Math.max(0, faultAt + 1000 * AT_LEAST - Date.now()));
    await until(() => load.steady(STEADY_MS), { every: 0.5, atMost: AT_MOST }, never);
    if (await mend()) await sleep(1000 * AT_LEAST);
    const window = { faultAt, to: Date.now() };
    await load.stop();
    await waitUntilWhole();
    await load.resend(never);
    const history = readJournal(readFileSync(join(folder, "journal"), "utf8"));
    const undone = async () => (await audit(url, prefix, history)).undone.length;
    await until(async () => (await undone()) === 0, { every: 5, atMost: JOB_SECONDS }, never);
    const found = await audit(url, prefix, history);
    const [writes, reads] = [measureWrites(history, found, window), measureReads(history, found, window)];
    const seconds = [writes, reads].map(({ outageSeconds }) => Math.round(10 * outageSeconds) / 10);
    const counts = [found.lost, found.duplicates, found.stale, found.undone].map(({ length }) => length);
    return [writes.sent + reads.sent, writes.failed + reads.failed, ...seconds, ...counts];
  } finally {
    await mend();
    await way.close();
    await load.stop();
    journal.close();
    rmSync(folder, { recursive: true });
  }
}

// A drill meanwhile would be measured too, and this would spoil the drill.
const { release } = takeLock(stateFolder, "bench/django.ts", false);
async function putBack(): Promise<void> {
  await mend();
  await shop?.remove();
  shop = undefined;
  release();
}
for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.once(signal, () => void putBack().finally(() => process.exit(130)));
const rows: (string | number)[][] = [];
const show = (row: (string | number)[]) => console.log(HEAD.map((title, i) => `${title} ${row[i]}`).join(", "));
try {
  shop = await DjangoShop.deploy(CONTEXT);
  const url = await entry();
  for (const name of only.split(",")) {
    const all: Counted[] = [];
    for (let seed = 1; seed <= Number(runs); seed++) {
      all.push(await run(shop, url, name, seed));
      show([`${name}, run ${seed}`, ...all.at(-1)!]);
    }
    rows.push(rowOf(name, all));
  }
} finally {
  await putBack();
  const kept: KeptTable = {
    title: "The Django shop while things happen",
    measuredAt: new Date().toISOString().slice(0, 10),
    machine: machine(),
    command: "npx tsx bench/django.ts",
    typed: false,
    head: HEAD,
    rows,
    note: `25 orders and 25 reads a second. Outages: median and worst run. A job counts as lost if no worker has done it within ${JOB_SECONDS} s.`,
  };
  if (json !== undefined && rows.length > 0) writeFileSync(json, `${JSON.stringify(kept, null, 1)}\n`);
}
