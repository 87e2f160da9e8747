import { afterAll, beforeAll, expect, test } from "vitest";
import { panelQueries, uncompared } from "../../components/monitoring/collect";
import { rangesOf } from "../../components/monitoring/ranges";
import { eventually, inStack, settings, stack } from "../support/live";
import { throughPort } from "../support/port-forward";

/** Rates need some scrapes before they are anything, on a stack that has just come up. */
const PATIENCE_SECONDS = 400;

interface Rule {
  name: string;
  query: string;
  health: string;
  lastError?: string;
}
type Json = <A>(path: string) => Promise<A>;

const inPrometheus = <T>(use: (json: Json) => Promise<T>) => throughPort("statefulset/prometheus", 9090, use);
const rulesOf = async (json: Json) =>
  (await json<{ data: { groups: { rules: Rule[] }[] } }>("/api/v1/rules")).data.groups.flatMap(({ rules }) => rules);

/** How many series a query returns now. */
async function count(json: Json, expr: string): Promise<number> {
  const { data } = await json<{ data: { result: unknown[] } }>(`/api/v1/query?query=${encodeURIComponent(expr)}`);
  return data.result.length;
}

/** A stack that has just come up has made no backup yet, and rules that watch backups have nothing to watch. */
const BACKUP = "postgres-backup-tested";

beforeAll(async () => {
  await inStack("delete", "job", BACKUP, "--ignore-not-found");
  await inStack("create", "job", BACKUP, "--from=cronjob/postgres-backup");
  await stack.with({ seconds: 300 }).run("wait", "--for=condition=complete", "--timeout=280s", `job/${BACKUP}`);
});

afterAll(() => inStack("delete", "job", BACKUP));

test(
  "every rule evaluates, over at least two scrapes, and returns data when its bounds are left out",
  async () => {
    await eventually(
      () =>
        inPrometheus(async (json) => {
          const rules = await rulesOf(json);
          expect(rules.length).toBeGreaterThan(40);
          expect(
            rules
              .filter(({ health }) => health !== "ok")
              .map(({ name, health, lastError }) => `${name}: ${health} ${lastError ?? ""}`),
          ).toEqual([]);
          const least = 2 * settings.monitoring.scrapeIntervalSeconds;
          expect(
            rules.filter(({ query }) => rangesOf(query).some((seconds) => seconds < least)).map(({ name }) => name),
          ).toEqual([]);
          const blind: string[] = [];
          for (const { name, query } of rules)
            if ((await count(json, uncompared(query))) === 0) blind.push(`${name}: ${query}`);
          expect(blind).toEqual([]);
        }),
      PATIENCE_SECONDS,
    );
  },
  1_000 * (PATIENCE_SECONDS + 60),
);

test(
  "every panel of every dashboard shows data",
  async () => {
    const { items } = JSON.parse(await inStack("get", "configmaps", "-l", "grafana_dashboard=1", "-o", "json")) as {
      items: { data: Record<string, string> }[];
    };
    const queries = panelQueries(
      items.flatMap(({ data }) => Object.values(data).map((text) => JSON.parse(text) as object)),
    );
    expect(queries.length).toBeGreaterThan(30);
    await eventually(
      () =>
        inPrometheus(async (json) => {
          const empty: string[] = [];
          for (const { dashboard, panel, expr } of queries)
            if ((await count(json, expr)) === 0) empty.push(`${dashboard} / ${panel}: ${expr}`);
          expect(empty).toEqual([]);
        }),
      PATIENCE_SECONDS,
    );
  },
  1_000 * (PATIENCE_SECONDS + 60),
);
