/**
 * Predicted against measured, on a running stack.
 *
 *   npx tsx bench/planner-live.ts [--env dev] [--seconds 60]
 *
 * The run uses two web pods of 0.25 core each, so that the stack and not the generator is the bottleneck. The load is
 * product pages from the cache, as Poisson arrivals that do not wait for answers.
 *
 * 1. A low rate shows the time of a request on idle pods.
 * 2. A higher rate shows the CPU time of a request, from the kernel's statistics of the pods.
 * 3. From both, the plan predicts mean and p95 at 50, 70 and 85 % of the capacity, and the same loads are measured.
 *
 * A simulation of the CPU limit as the kernel enforces it shows which part of the difference the limit explains. All
 * changes are undone, also on Ctrl-C. Writes docs/results/planner/live.json.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import { Kubectl } from "../cluster/kubectl";
import { takeLock } from "../cluster/lock";
import { machine } from "../commands/support/results";
import { loadSettings } from "../commands/support/settings";
import { repository, stateFolder } from "../local/paths";
import { resolveLoad, type Load } from "../planner/plan/load";
import { poolOf } from "../planner/plan/pods";
import { expectation } from "../planner/plan/web";
import { simulateQueue } from "../planner/simulation/queue";
import { poisson, WARM_UP_SECONDS, type Stage } from "./live/generator";
import { cpuAccount, lowerWebTier, type CpuAccount } from "./live/web-tier";

const PODS = 2;
const POD_CORES = 0.25;
const TRICKLE_PER_SECOND = 4;
/**
 * Rate of the first measurement of CPU time. The second is at half of the capacity that the first one gives, because a
 * busy process needs less CPU for a request.
 */
const FIRST_LOOK_PER_SECOND = 40;
const SHARES = [0.5, 0.7, 0.85];

const { env, seconds } = new Command()
  .option("--env <name>", "which stack", "dev")
  .option("--seconds <n>", "length of a stage", "60")
  .parse()
  .opts<{ env: string; seconds: string }>();

type Measured = Stage & { account: CpuAccount };

async function stage(cluster: Kubectl, url: string, perSecond: number): Promise<Measured> {
  const before = await cpuAccount(cluster);
  const measured = await poisson(url, perSecond, Number(seconds));
  const after = await cpuAccount(cluster);
  return {
    ...measured,
    account: {
      cpuSeconds: after.cpuSeconds - before.cpuSeconds,
      throttledSeconds: after.throttledSeconds - before.throttledSeconds,
      throttledPeriods: after.throttledPeriods - before.throttledPeriods,
      periods: after.periods - before.periods,
    },
  };
}

/** Milliseconds to two places, everywhere in the report. */
const rounded = (value: number): number => Math.round(value * 100) / 100;

/** Requests a second that the pods can serve, at this CPU time for a request. */
const capacityOf = (cpuMs: number): number => (PODS * POD_CORES) / (cpuMs / 1000);

async function main(): Promise<void> {
  const settings = loadSettings(env);
  const cluster = new Kubectl({ context: settings.kubeContext, namespace: settings.namespace }, { apart: true });
  const url = `${settings.url}/products/`;
  // A drill at the same time would spoil both measurements.
  const { release } = takeLock(stateFolder, "bench/planner-live.ts", false);
  const restore = await lowerWebTier(cluster, PODS, POD_CORES);
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.once(
      signal,
      () =>
        void restore()
          .finally(release)
          .finally(() => process.exit(130)),
    );
  try {
    const idle = await stage(cluster, url, TRICKLE_PER_SECOND);
    // The difference of two rates leaves out what the pods use without requests (probes, timers).
    const used = (s: Measured): number => s.account.cpuSeconds / (s.seconds + WARM_UP_SECONDS);
    const asked = (s: Measured): number => s.requests / (s.seconds + WARM_UP_SECONDS);
    const cpuMsAt = async (perSecond: number): Promise<number> => {
      const busy = await stage(cluster, url, perSecond);
      return ((used(busy) - used(idle)) / (asked(busy) - asked(idle))) * 1000;
    };
    const firstCpuMs = await cpuMsAt(FIRST_LOOK_PER_SECOND);
    const cpuMs = await cpuMsAt(capacityOf(firstCpuMs) / 2);
    const load: Load = {
      rate: 1,
      serviceTimeMs: Math.max(idle.meanMs, cpuMs),
      cpuTimeMs: cpuMs,
      variability: idle.variability,
    };
    const capacity = capacityOf(cpuMs);
    console.log(
      `idle ${rounded(idle.meanMs)} ms (p95 ${rounded(idle.p95Ms)}), CPU ${rounded(firstCpuMs)} ms a request at ` +
        `${FIRST_LOOK_PER_SECOND}/s and ${rounded(cpuMs)} at half load, so ${rounded(capacity)}/s at most`,
    );
    const rows = [];
    for (const share of SHARES) {
      const rate = capacity * share;
      const predicted = expectation(
        poolOf(
          resolveLoad(load),
          { percentile: 95, latencyMs: Infinity },
          { zones: 1, balancers: 1, podCores: POD_CORES },
        ),
        PODS,
        rate,
      );
      const kernel = simulateQueue({
        discipline: "leastconn",
        servers: PODS,
        balancers: 1,
        arrivalRate: rate,
        customers: 200_000,
        seed: 1,
        service: { mean: cpuMs / 1000, variability: idle.variability },
        bandwidth: { cores: POD_CORES },
      });
      const elsewhere = Math.max(0, idle.meanMs - cpuMs);
      const measured = await stage(cluster, url, rate);
      rows.push({
        share,
        rate: rounded(rate),
        achieved: rounded(measured.perSecond),
        failed: measured.failed,
        generatorCores: rounded(measured.generatorCores),
        throttledShare: rounded(measured.account.throttledPeriods / Math.max(1, measured.account.periods)),
        webCores: rounded(used(measured)),
        predicted: { meanMs: rounded(predicted.meanMs), p95Ms: rounded(predicted.p95Ms) },
        kernelSimulation: {
          meanMs: rounded(kernel.meanResponse * 1000 + elsewhere),
          p95Ms: rounded(kernel.p95Response * 1000 + elsewhere),
        },
        measured: { meanMs: rounded(measured.meanMs), p95Ms: rounded(measured.p95Ms) },
      });
      console.log(JSON.stringify(rows.at(-1)));
    }
    const result = {
      at: new Date().toISOString(),
      machine: machine(),
      seconds: Number(seconds),
      pods: PODS,
      podCores: POD_CORES,
      idleMs: rounded(idle.meanMs),
      idleP95Ms: rounded(idle.p95Ms),
      firstCpuMs: rounded(firstCpuMs),
      cpuMs: rounded(cpuMs),
      variability: rounded(idle.variability),
      rows,
    };
    writeFileSync(join(repository, "docs/results/planner/live.json"), `${JSON.stringify(result)}\n`);
  } finally {
    await restore();
    release();
  }
}

await main();
