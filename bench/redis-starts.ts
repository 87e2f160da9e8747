/**
 * How long Redis takes to have a primary again when all six of its pods start at once, on a running stack.
 *
 *   npx tsx bench/redis-starts.ts [--env dev] [--restarts 10] [--cold 20] [--json FILE]
 *
 * A restart deletes all pods at once and keeps the volumes. A cold start scales both StatefulSets to 0, which deletes
 * the volumes, and back. The time runs from that command until one server says that it is the primary and all Sentinels
 * name it, all of them newly started. The time with two primaries is measured too. A cold start loses the cached data,
 * which the shop then reads from the database again.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { Command } from "commander";
import { Kubectl, type Cluster } from "../cluster/kubectl";
import { takeLock } from "../cluster/lock";
import { SUBJECTS } from "../commands/drill/catalogue";
import type { KeptTable } from "../commands/docs/kept-tables";
import { machine } from "../commands/support/results";
import { loadSettings } from "../commands/support/settings";
import { spread } from "../drills/measure/runs";
import { waitUntilWhole } from "../drills/run/whole-again";
import { until } from "../drills/stack/pause";
import { stateFolder } from "../local/paths";
import { begun, complete, twice, type Sight } from "./live/redis-sights";

const SETS = ["redis", "redis-sentinel"];
const PODS_AND_CLAIMS = `app.kubernetes.io/name in (${SETS.join(",")})`;
/** Longest time of a start, in seconds. */
const AT_MOST = 120;
/** How long a new primary is watched after a start, in seconds. */
const AFTERWARDS = 10;
/** Seconds from a whole stack to the next start, so that the effects of the last start are over. */
const PAUSE = 10;

const options = new Command()
  .option("--env <name>", "which stack", "dev")
  .option("--restarts <n>", "how many restarts", "10")
  .option("--cold <n>", "how many cold starts", "20")
  .option("--json <file>", "the result goes there, too; the docs show docs/results/tables/redis-starts.json")
  .parse()
  .opts<{ env: string; restarts: string; cold: string; json?: string }>();
const settings = loadSettings(options.env);
const cluster: Cluster = { context: settings.kubeContext, namespace: settings.namespace };
const kubectl = new Kubectl(cluster, { apart: true });
const never = new AbortController().signal;

/** The fixed addresses of servers and Sentinels, from the environment of the servers. */
async function addresses(): Promise<string[]> {
  const sidecars = (await kubectl.get("statefulset", "redis"))?.spec?.template.spec?.initContainers ?? [];
  const env = sidecars.find(({ name }) => name === "agent")?.env ?? [];
  return ["REDIS_HOSTS", "SENTINEL_HOSTS"].map((key) =>
    env
      .find(({ name }) => name === key)!
      .value!.split(" ")
      .join(","),
  );
}

/** Watches from inside a web pod. `sights` grows; `stop` ends the watcher. */
async function watcher(): Promise<{ sights: Sight[]; stop: () => Promise<void> }> {
  const script = readFileSync(join(import.meta.dirname, "live", "redis-watch.cjs"), "utf8");
  const watch = [
    "exec",
    "-i",
    "deployment/web-app",
    "-c",
    "web-app",
    "--",
    "node",
    "-e",
    script,
    ...(await addresses()),
  ];
  const program = kubectl.start(watch, { stdin: "pipe", detached: false, reject: false, buffer: false });
  const sights: Sight[] = [];
  createInterface({ input: program.stdout }).on("line", (line) => sights.push(JSON.parse(line)));
  return {
    sights,
    stop: async () => {
      program.stdin.end();
      await program;
    },
  };
}

const sizes = await Promise.all(
  SETS.map(
    async (set) => [set, await kubectl.run("get", "statefulset", set, "-o", "jsonpath={.spec.replicas}")] as const,
  ),
);
/** Scales both sets back at the same time. */
async function fill(): Promise<void> {
  await Promise.all(sizes.map(([set, replicas]) => kubectl.run("scale", "statefulset", set, `--replicas=${replicas}`)));
}

/**
 * Scales both sets to 0 and waits until no pod, claim or volume is left. A provisioner that still deletes volumes would
 * delay the new ones.
 */
async function empty(): Promise<void> {
  const claims = await kubectl.list("persistentvolumeclaim", PODS_AND_CLAIMS);
  const volumes = claims.map(({ spec }) => `persistentvolume/${spec?.volumeName}`);
  await kubectl.run("scale", "statefulset", ...SETS, "--replicas=0");
  await kubectl.run("wait", "--for=delete", "pod,pvc", "-l", PODS_AND_CLAIMS, "--timeout=120s");
  await kubectl.run("wait", "--for=delete", ...volumes, "--timeout=120s");
}

async function start(cold: boolean): Promise<{ seconds: number | null; twoPrimariesSeconds: number }> {
  if (
    (await waitUntilWhole(
      { cluster, subjects: SUBJECTS, url: settings.url },
      { every: 3, atMost: 300 },
      never,
      console.log,
    )) === undefined
  )
    throw new Error("the stack is not whole; `npm run status` shows it");
  await sleep(PAUSE * 1000);
  const { sights, stop } = await watcher();
  try {
    if (!(await until(() => complete(sights.at(-1)), { every: 0.1, atMost: 30 }, never)))
      throw new Error("not all servers and Sentinels answer a web pod");
    const before = sights.at(-1)!;
    if (cold) await empty();
    const at = Date.now();
    if (cold) await fill();
    else await kubectl.run("delete", "pod", "-l", PODS_AND_CLAIMS, "--wait=false");
    await until(() => begun(sights, before) !== undefined, { every: 0.2, atMost: AT_MOST }, never);
    await sleep(AFTERWARDS * 1000);
    const there = begun(sights, before);
    return {
      seconds: there === undefined ? null : (there - at) / 1000,
      twoPrimariesSeconds: twice(sights, Date.now()) / 1000,
    };
  } finally {
    await stop();
  }
}

type Start = Awaited<ReturnType<typeof start>>;

/** A row of the docs' table. */
function row(kind: string, runs: Start[]): (string | number)[] {
  const times = spread(runs.map(({ seconds }) => seconds ?? Infinity));
  if (!times) return [kind, 0, "–", "–", "–", 0];
  const both = runs.filter(({ twoPrimariesSeconds }) => twoPrimariesSeconds > 0).length;
  return [kind, runs.length, ...[times.median, times.p95, times.worst].map((each) => each.toFixed(1)), both];
}

function kept(restart: Start[], cold: Start[]): KeptTable & { runs: Record<string, Start[]> } {
  return {
    title: "Redis when all six pods start at once",
    measuredAt: new Date().toISOString().slice(0, 10),
    machine: machine(),
    command: "npx tsx bench/redis-starts.ts",
    typed: false,
    head: ["start", "times", "median, s", "p95, s", "worst, s", "starts with two primaries"],
    rows: [row("all deleted together, volumes kept", restart), row("cold, empty volumes", cold)],
    note: "Until one server is the primary and all Sentinels name it. Most of a cold start is the wait for six new volumes.",
    runs: { restart, cold },
  };
}

// A drill meanwhile would be measured too, and this would spoil the drill.
const { release } = takeLock(stateFolder, "bench/redis-starts.ts", false);
/** Undoes everything, because an interrupted run may have left the sets empty. */
async function putBack(): Promise<void> {
  await fill();
  release();
}
for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.once(signal, () => void putBack().finally(() => process.exit(130)));
const result = { restart: [] as Start[], cold: [] as Start[] };
try {
  for (const [kind, count] of [
    ["restart", Number(options.restarts)],
    ["cold", Number(options.cold)],
  ] as const) {
    for (let i = 0; i < count; i++) {
      const run = await start(kind === "cold");
      result[kind].push(run);
      console.log(
        `${kind} ${i + 1} of ${count}: ${run.seconds ?? `more than ${AT_MOST}`} s, two primaries for ` +
          `${run.twoPrimariesSeconds} s`,
      );
    }
    const times = spread(result[kind].map(({ seconds }) => seconds ?? Infinity));
    if (times)
      console.log(`${kind}: median ${times.median}, p95 ${times.p95}, worst ${times.worst} s in ${count} runs`);
  }
} finally {
  await putBack();
  if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(kept(result.restart, result.cold))}\n`);
}
