import { request } from "undici";
import { throughPort } from "../../cluster/forward";
import { Kubectl, type Cluster } from "../../cluster/kubectl";

/** An alert that began after the fault: the article's "detect". */
export interface Detection {
  alert: string;
  state: "pending" | "firing";
  /** The pod that it is about, where it says one. */
  pod?: string;
  /** Milliseconds since the epoch, of the evaluation that raised it. */
  at: number;
}

/** One series of Prometheus' answer to a range selector: labels, and samples as `[seconds, value]`. */
export interface Series {
  metric: Record<string, string>;
  values: [number, string][];
}

/**
 * The alerts that began after the fault, in the order of their times; what was already raised before it says nothing
 * about it.
 *
 * @param series of Prometheus' own metric `ALERTS`, from well before the fault on
 */
export function detections(series: Series[], faultAt: number): Detection[] {
  // The same alert about another pod is another one.
  const subject = ({ alertname, pod }: Series["metric"]) => `${alertname} ${pod ?? ""}`;
  const earlier = new Set(
    series
      .filter(({ values }) => values.some(([seconds]) => seconds * 1000 < faultAt))
      .map(({ metric }) => subject(metric)),
  );
  return series
    .filter(
      ({ metric, values }) => values.length > 0 && metric.alertname !== undefined && !earlier.has(subject(metric)),
    )
    .map(({ metric, values }) => ({
      alert: metric.alertname!,
      state: metric.alertstate === "firing" ? ("firing" as const) : ("pending" as const),
      ...(metric.pod === undefined ? {} : { pod: metric.pod }),
      at: Math.round(values[0]![0] * 1000),
    }))
    .sort((a, b) => a.at - b.at);
}

/** Where Prometheus is asked. */
export interface Witness {
  /** As kubectl takes it: `statefulset/NAME`. */
  workload: string;
  port: number;
}

const QUERY_TIMEOUT_MS = 10_000;
/** The way in and the question, in seconds. */
const ASK_SECONDS = 30;

/**
 * Asks Prometheus for every alert since a moment, through a port-forward: the network policies let nobody else in.
 * After the run, not during it: what an alert was raised for stays written down.
 *
 * @param since milliseconds since the epoch
 * @throws Error where Prometheus cannot be asked
 */
export async function alertsSince(cluster: Cluster, { workload, port }: Witness, since: number): Promise<Series[]> {
  const seconds = Math.ceil((Date.now() - since) / 1000) + 60;
  const query = encodeURIComponent(`ALERTS[${seconds}s]`);
  return throughPort(new Kubectl(cluster, { seconds: ASK_SECONDS, apart: true }), workload, port, async (url) => {
    const { body } = await request(`${url}/api/v1/query?query=${query}`, {
      signal: AbortSignal.timeout(QUERY_TIMEOUT_MS),
    });
    const answer = (await body.json()) as { status: string; data?: { result: Series[] } };
    if (!answer.data) throw new Error(`Prometheus answered ${answer.status}`);
    return answer.data.result;
  });
}
