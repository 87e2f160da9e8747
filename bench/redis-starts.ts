/**
 * How long Redis takes to have a primary again when all six of its pods start at once, on a running stack.
 *
 *   npx tsx bench/redis-starts.ts [--env dev] [--restarts 10] [--cold 20] [--json FILE]
 *
 * A restart deletes all pods at once, the volumes stay. A cold start scales both StatefulSets to nothing, which deletes the volumes, and back. The clock
 * runs from that command until one server says that it is the primary and all Sentinels name it, all of them started since. How often and how
 * long two servers said so at the same time is counted. What Redis held is lost in a cold start; the shop reads it from the database again.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { Command } from "commander";
import { execa } from "execa";
import { quantileSorted } from "simple-statistics";
import { loadSettings } from "../commands/support/settings";
import { takeLock } from "../drills/run/lock";
import { execute, type Cluster } from "../drills/stack/execute";
import { readState } from "../drills/stack/read-state";
import { whatIsMissing } from "../drills/stack/whole";
import { WANTED } from "../drills/stack/guard";
import { until } from "../drills/run/pause";
import { stateFolder } from "../local/paths";
import { begun, complete, twice, type Sight } from "./live/redis-sights";

const SETS = ["redis", "redis-sentinel"];
/** Longest start that is waited for, and how long a new primary is watched afterwards. Seconds. */
const AT_MOST = 120;
const AFTERWARDS = 10;
/** From one start to the next, once the stack is whole: the last one's wake is not to be measured. */
const PAUSE = 10;

const options = new Command()
  .option("--env <name>", "which stack", "dev").option("--restarts <n>", "how many restarts", "10").option("--cold <n>", "how many cold starts", "20")
  .option("--json <file>", "the result goes there, too").parse().opts<{ env: string; restarts: string; cold: string; json?: string }>();
const settings = loadSettings(options.env);
const cluster: Cluster = { context: settings.kubeContext, namespace: settings.namespace };
const never = new AbortController().signal;

const kubectl = (...args: string[]): Promise<string> => execute(cluster, { program: "kubectl", args: ["-n", cluster.namespace, ...args] });

/** The fixed addresses of servers and Sentinels, as the members themselves are told. */
async function addresses(): Promise<string[]> {
  const set = JSON.parse(await kubectl("get", "statefulset", "redis", "-o", "json"));
  const { env } = set.spec.template.spec.containers.find(({ name }: { name: string }) => name === "redis");
  return ["REDIS_HOSTS", "SENTINEL_HOSTS"].map((key) => env.find(({ name }: { name: string }) => name === key).value.split(" ").join(","));
}

/** Watches from inside a web pod. `sights` grows; `stop` ends the watcher. */
async function watcher(): Promise<{ sights: Sight[]; stop: () => Promise<void> }> {
  const script = readFileSync(join(import.meta.dirname, "live", "redis-watch.cjs"), "utf8");
  const program = execa("kubectl", ["--context", cluster.context, "-n", cluster.namespace, "exec", "-i", "deployment/web-app", "-c", "web-app", "--", "node", "-e", script, ...(await addresses())],
    { stdin: "pipe", reject: false, buffer: false });
  const sights: Sight[] = [];
  createInterface({ input: program.stdout }).on("line", (line) => sights.push(JSON.parse(line)));
  return { sights, stop: async () => { program.stdin.end(); await program; } };
}

const wholeNow = async (): Promise<boolean> => whatIsMissing(await readState(cluster), WANTED).length === 0;

/** No pod, claim or volume is left: volumes that are still being deleted keep the provisioner from making the new ones. */
async function empty(): Promise<void> {
  const claims = JSON.parse(await kubectl("get", "pvc", "-l", `app.kubernetes.io/name in (${SETS.join(",")})`, "-o", "json"));
  const volumes = claims.items.map((claim: any) => `persistentvolume/${claim.spec.volumeName}`);
  await kubectl("scale", "statefulset", ...SETS, "--replicas=0");
  await kubectl("wait", "--for=delete", "pod,pvc", "-l", `app.kubernetes.io/name in (${SETS.join(",")})`, "--timeout=120s");
  await kubectl("wait", "--for=delete", ...volumes, "--timeout=120s");
}

async function start(cold: boolean): Promise<{ seconds: number | null; twoPrimariesSeconds: number }> {
  if (!(await until(wholeNow, { every: 3, atMost: 300 }, never))) throw new Error("the stack is not whole; `npm run status` shows it");
  await sleep(PAUSE * 1000);
  const { sights, stop } = await watcher();
  try {
    if (!(await until(() => complete(sights.at(-1)), { every: 0.1, atMost: 30 }, never))) throw new Error("not all servers and Sentinels answer a web pod");
    const before = sights.at(-1)!;
    if (cold) await empty();
    const at = Date.now();
    if (cold) await kubectl("scale", "statefulset", ...SETS, "--replicas=3");
    else await kubectl("delete", "pod", "-l", `app.kubernetes.io/name in (${SETS.join(",")})`, "--wait=false");
    await until(() => begun(sights, before) !== undefined, { every: 0.2, atMost: AT_MOST }, never);
    await sleep(AFTERWARDS * 1000);
    const there = begun(sights, before);
    return { seconds: there === undefined ? null : (there - at) / 1000, twoPrimariesSeconds: twice(sights, Date.now()) / 1000 };
  } finally {
    await stop();
  }
}

// A drill meanwhile would be measured too, and this would spoil the drill.
const release = await takeLock(join(stateFolder, "drills"));
/** A run that was cut short may have left the sets empty. */
async function putBack(): Promise<void> {
  await kubectl("scale", "statefulset", ...SETS, "--replicas=3");
  await release();
}
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void putBack().finally(() => process.exit(130)));
const result: Record<string, Awaited<ReturnType<typeof start>>[]> = { restart: [], cold: [] };
try {
  for (const [kind, count] of [["restart", Number(options.restarts)], ["cold", Number(options.cold)]] as const) {
    for (let i = 0; i < count; i++) {
      const run = await start(kind === "cold");
      result[kind]!.push(run);
      console.log(`${kind} ${i + 1} of ${count}: ${run.seconds ?? `more than ${AT_MOST}`} s, two primaries for ${run.twoPrimariesSeconds} s`);
    }
    const times = result[kind]!.map(({ seconds }) => seconds ?? Infinity).sort((a, b) => a - b);
    if (times.length > 0) console.log(`${kind}: median ${quantileSorted(times, 0.5)}, p95 ${quantileSorted(times, 0.95)}, worst ${times.at(-1)} s in ${times.length} runs`);
  }
} finally {
  await putBack();
  if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(result, null, 1)}\n`);
}
