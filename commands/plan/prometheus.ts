import { z } from "zod";
import { PlanError } from "../../planner/errors";
import { evenly, type History, type Point } from "./history";

/** Requests a second that reach the balancer, as a Holdfast stack records them. */
const DEFAULT_QUERY = 'sum(rate(haproxy_frontend_http_requests_total{proxy="clients"}[5m]))';

/** Points that are asked for at once: Prometheus refuses more than 11,000. */
const MOST_POINTS = 10_000;

/** A part as short as this is refused for another reason than its length. */
const SHORTEST_PART_SECONDS = 86_400;

const TIMEOUT_MS = 30_000;

const answerForm = z.union([
  z.object({
    status: z.literal("success"),
    data: z.object({
      result: z.array(z.object({ metric: z.unknown(), values: z.array(z.tuple([z.number(), z.string()])) })),
    }),
  }),
  z.object({ status: z.literal("error"), error: z.string() }),
]);

/** A range of a query; times in seconds since 1970, both inside. */
interface Range {
  url: string;
  query: string;
  start: number;
  end: number;
  step: number;
}

type Series = { metric: unknown; values: [number, string][] };

async function ask({ url, query, start, end, step }: Range): Promise<Series[] | { refused: string }> {
  const target = new URL("api/v1/query_range", url.endsWith("/") ? url : `${url}/`);
  const asked = { query, start: String(start), end: String(end), step: String(step) };
  target.search = new URLSearchParams(asked).toString();
  const unfit = (reason: string): PlanError =>
    new PlanError(
      "--from-prometheus",
      url,
      reason,
      "Give the address of a Prometheus that this machine reaches, for example through kubectl port-forward",
    );
  let answer: Response;
  let text: string;
  try {
    answer = await fetch(target, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    text = await answer.text();
  } catch (error) {
    throw unfit(`it does not answer (${(error as Error).message})`);
  }
  const result = answerForm.safeParse(parsed(text));
  if (!result.success) throw unfit(`what it answers (${answer.status} ${answer.statusText}) is not Prometheus' form`);
  return result.data.status === "error" ? { refused: result.data.error } : result.data.data.result;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Asks for a range in as many parts as the server wants: one that it refuses is halved, down to a day. */
async function askInParts(range: Range): Promise<Series[]> {
  const { query, start, end, step } = range;
  const points = Math.floor((end - start) / step) + 1;
  const half = start + Math.floor((points - 1) / 2) * step;
  const halves = async (): Promise<Series[]> => [
    ...(await askInParts({ ...range, end: half })),
    ...(await askInParts({ ...range, start: half + step })),
  ];
  if (points > MOST_POINTS) return halves();
  const answer = await ask(range);
  if (Array.isArray(answer)) {
    if (answer.length > 1) throw severalSeries(query, answer.length);
    return answer;
  }
  if (end - start > SHORTEST_PART_SECONDS && points > 2) return halves();
  throw new PlanError(
    "--query",
    query,
    `Prometheus refuses it: ${answer.refused.trim().replace(/\.$/, "")}`,
    "Give a query that it answers with one series, such as the default",
  );
}

function severalSeries(query: string, count: number): PlanError {
  return new PlanError(
    "--query",
    query,
    `it gives ${count} series where one is wanted`,
    "Give a query that sums up to one series, such as the default",
  );
}

/**
 * Asks Prometheus for a range of a query that gives one series.
 *
 * @param url of Prometheus, for example http://127.0.0.1:9090
 * @param asked the query; without one, the requests that reach the balancer
 * @throws PlanError with the server's own words where it refuses
 */
export async function historyFromPrometheus(
  url: string,
  asked: string | undefined,
  days: number,
  step: number,
  now: number,
): Promise<History> {
  const query = asked ?? DEFAULT_QUERY;
  const end = Math.floor(now / step) * step;
  const parts = await askInParts({ url, query, start: end - days * 86_400, end, step });
  const different = new Set(parts.map(({ metric }) => JSON.stringify(metric))).size;
  if (different !== 1) throw severalSeries(query, different);
  const points = parts.flatMap(({ values }) => values.map(([time, value]): Point => [time, Number(value)]));
  return evenly(points, "--from-prometheus");
}
