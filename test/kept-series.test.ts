import { beforeAll, expect, test } from "vitest";
import { parse } from "yaml";
import { panelQueries } from "../components/monitoring/collect";
import { kindOf } from "../graph/workloads";
import { programGraph } from "../stack-graph";

/** The parts of a Prometheus job that decide which series it keeps. */
interface Job {
  job_name: string;
  metric_relabel_configs?: { action: string; regex: string; source_labels?: string[] }[];
}

let jobs: Job[];
let queries: string[];
beforeAll(async () => {
  const texts = (await programGraph("dev"))
    .filter((one) => kindOf(one) === "ConfigMap")
    .flatMap(({ props }) => Object.entries(props.data as Record<string, string>));
  const documents = texts.filter(([name]) => name.endsWith(".yml")).map(([, text]) => parse(text));
  jobs = documents.flatMap((one) => one?.scrape_configs ?? []);
  const rules = documents.flatMap((one) => one?.groups ?? []).flatMap((group) => group.rules as { expr: string }[]);
  const dashboards = texts.filter(([name]) => name.endsWith(".json")).map(([, text]) => JSON.parse(text) as object);
  queries = [...rules.map(({ expr }) => expr), ...panelQueries(dashboards).map(({ expr }) => expr)];
});

const kept = (name: string, metric: string): boolean =>
  jobs
    .filter(({ job_name }) => job_name === name)
    .some(({ metric_relabel_configs = [] }) =>
      metric_relabel_configs
        .filter(({ action, source_labels = [] }) => action === "keep" && source_labels.join() === "__name__")
        .every(({ regex }) => new RegExp(`^(?:${regex})$`).test(metric)),
    );

test("a job keeps every series that a rule or a panel reads from it", () => {
  const read = queries.flatMap((expr) =>
    [...expr.matchAll(/([a-zA-Z_]\w*)\{[^}]*\bjob="([^"]+)"/g)].map(([, metric, job]) => [job!, metric!] as const),
  );
  expect(jobs.length).toBeGreaterThan(8);
  expect(read.length).toBeGreaterThan(60);
  expect([...new Set(read.filter(([job, metric]) => !kept(job, metric)).map((pair) => pair.join(": ")))]).toEqual([]);
});
