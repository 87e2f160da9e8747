import { createHistogram } from "node:perf_hooks";
import { Agent, request } from "undici";
import { randomFrom } from "../../planner/simulation/random";

/** The result of a stage of load. Latencies count from the moment at which a request was due. */
export interface Stage {
  /** Measured seconds; a warm-up of ten comes before them. */
  seconds: number;
  /** Requests sent, with those of the warm-up. */
  requests: number;
  failed: number;
  /** Answers a second, to compare with the rate that was asked for. */
  perSecond: number;
  meanMs: number;
  p95Ms: number;
  /** Squared coefficient of variation of the latency. */
  variability: number;
  /** Cores that the generator itself used. */
  generatorCores: number;
}

/** Number of different product pages; all are in the cache after the first round. */
const PRODUCTS = 50;
const MICROSECONDS = 1000;
/** Seconds of load before the measurement starts, to fill connections, cache and compiled code. */
export const WARM_UP_SECONDS = 10;

/**
 * Sends GET requests as a Poisson process, without waiting for answers.
 *
 * @param url the product's number is appended
 */
export async function poisson(url: string, perSecond: number, seconds: number): Promise<Stage> {
  const agent = new Agent({ connections: 64, pipelining: 1 });
  const random = randomFrom(Math.round(perSecond * 1000));
  const histogram = createHistogram();
  let failed = 0;
  let requests = 0;
  const underWay = new Set<Promise<void>>();
  const ask = async (due: number, counts: boolean): Promise<void> => {
    let ok = false;
    try {
      const { statusCode, body } = await request(`${url}${1 + random.below(PRODUCTS)}`, {
        dispatcher: agent,
        headers: { accept: "application/json" },
      });
      await body.dump();
      ok = statusCode === 200;
    } catch {
      // Counted below: a request without an answer is a failed one, whatever the reason.
    }
    if (!counts) return;
    if (ok) histogram.record(Math.max(1, Math.round((performance.now() - due) * MICROSECONDS)));
    else failed++;
  };
  const start = performance.now();
  const measureFrom = start + WARM_UP_SECONDS * 1000;
  const end = measureFrom + seconds * 1000;
  let used = process.cpuUsage();
  let measuring = false;
  for (let due = start; due < end; due += random.exponential(1000 / perSecond)) {
    while (performance.now() < due)
      await new Promise((next) => setTimeout(next, Math.min(50, due - performance.now())));
    if (!measuring && due >= measureFrom) {
      measuring = true;
      used = process.cpuUsage();
    }
    requests++;
    const asked = ask(due, due >= measureFrom);
    underWay.add(asked);
    void asked.finally(() => underWay.delete(asked));
  }
  const { user, system } = process.cpuUsage(used);
  await Promise.all(underWay);
  await agent.close();
  const mean = histogram.mean / MICROSECONDS;
  return {
    seconds,
    requests,
    failed,
    perSecond: histogram.count / seconds,
    meanMs: mean,
    p95Ms: histogram.percentile(95) / MICROSECONDS,
    variability: (histogram.stddev / histogram.mean) ** 2,
    generatorCores: (user + system) / 1e6 / seconds,
  };
}
