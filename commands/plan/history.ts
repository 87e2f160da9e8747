import { readFileSync } from "node:fs";
import { parse } from "csv-parse/sync";
import { z } from "zod";
import { PlanError } from "../../planner/errors";

/** Request rates at equal distances, oldest first. */
export interface History {
  /** Seconds between two values. */
  stepSeconds: number;
  /** Requests per second. */
  rates: number[];
  /** Time of the last value, seconds since 1970. */
  end: number;
}

/** Requests a second that reach the balancer, as a Holdfast stack records them. */
const DEFAULT_QUERY = 'sum(rate(haproxy_frontend_http_requests_total{proxy="clients"}[5m]))';
/** Longest gap, in steps, that is filled with the value before it. A longer gap is refused. */
const MOST_MISSING = 6;

/** Reads `time,rate` lines with a heading; time in seconds since 1970 or as a date that carries its zone. */
export function historyFromCsv(path: string): History {
  let rows: string[][];
  try {
    rows = parse(readFileSync(path, "utf8"), { trim: true, skip_empty_lines: true }) as string[][];
  } catch (error) {
    throw new PlanError(
      "--from-csv",
      path,
      `it cannot be read (${(error as Error).message})`,
      "Give a file of lines time,rate with a heading",
    );
  }
  const points = rows.slice(1).map(([time = "", value = ""], i): [number, number] => {
    const seconds = /^\d+(\.\d+)?$/.test(time) ? Number(time) : Date.parse(time) / 1000;
    if (Number.isNaN(seconds) || value === "" || Number.isNaN(Number(value))) {
      throw new PlanError(
        "--from-csv",
        `${path} line ${i + 2}`,
        `${JSON.stringify(`${time},${value}`)} is not a time and a rate`,
        "Give lines like 2026-01-31T09:05:00Z,211.5",
      );
    }
    return [seconds, Number(value)];
  });
  return evenly(points, "--from-csv");
}

const answerForm = z.object({
  status: z.literal("success"),
  data: z.object({ result: z.array(z.object({ values: z.array(z.tuple([z.number(), z.string()])) })) }),
});

/**
 * Asks Prometheus for a range of a query that gives one series.
 *
 * @param url of Prometheus, for example http://127.0.0.1:9090
 * @param asked the query; without one, the requests that reach the balancer
 */
export async function historyFromPrometheus(
  url: string,
  asked: string | undefined,
  days: number,
  stepSeconds: number,
  now: number,
): Promise<History> {
  const query = asked ?? DEFAULT_QUERY;
  const end = Math.floor(now / stepSeconds) * stepSeconds;
  const target = new URL("api/v1/query_range", url.endsWith("/") ? url : `${url}/`);
  target.search = new URLSearchParams({
    query,
    start: String(end - days * 86_400),
    end: String(end),
    step: String(stepSeconds),
  }).toString();
  let body: unknown;
  try {
    const answer = await fetch(target, { signal: AbortSignal.timeout(30_000) });
    body = await answer.json();
  } catch (error) {
    throw new PlanError(
      "--from-prometheus",
      url,
      `it does not answer (${(error as Error).message})`,
      "Give the address of a Prometheus that this machine reaches, for example through kubectl port-forward",
    );
  }
  const result = answerForm.safeParse(body);
  const series = result.success ? result.data.data.result : [];
  if (series.length !== 1) {
    throw new PlanError(
      "--query",
      query,
      result.success ? `it gives ${series.length} series where one is wanted` : "Prometheus refuses it",
      "Give a query that sums up to one series, such as the default",
    );
  }
  return evenly(
    series[0]!.values.map(([time, value]) => [time, Number(value)]),
    "--from-prometheus",
  );
}

/** Points at equal distances, with small gaps filled. @throws PlanError for too few points or a long gap */
function evenly(points: [number, number][], flag: string): History {
  if (points.length < 2)
    throw new PlanError(
      flag,
      `${points.length} values`,
      "a forecast needs a history",
      "Give at least two days of values",
    );
  const stepSeconds = Math.min(...points.slice(1).map(([time], i) => time - points[i]![0]));
  if (!(stepSeconds > 0))
    throw new PlanError(flag, "out of order", "times must rise from line to line", "Sort the lines by time");
  const rates: number[] = [points[0]![1]];
  for (const [i, [time, value]] of points.slice(1).entries()) {
    const steps = Math.round((time - points[i]![0]) / stepSeconds);
    if (steps - 1 > MOST_MISSING) {
      throw new PlanError(
        flag,
        `${steps - 1} values missing before ${new Date(time * 1000).toISOString()}`,
        "a hole that long cannot be filled honestly",
        "Give a history without it, or start after it",
      );
    }
    for (let fill = 1; fill < steps; fill++) rates.push(rates.at(-1)!);
    rates.push(value);
  }
  return { stepSeconds, rates, end: points.at(-1)![0] };
}
