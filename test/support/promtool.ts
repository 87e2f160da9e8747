import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "vitest";
import { stringify } from "yaml";
import type { RuleGroup } from "../../components/common/observability";

const missing = spawnSync("promtool", ["--version"]).error !== undefined;
const WHY = "promtool is not installed (Debian: apt-get install prometheus)";

/** A test that needs promtool; without it, it is skipped and says so. */
export function promtoolTest(name: string, body: () => void): void {
  test(name, ({ skip }) => {
    skip(missing, WHY);
    body();
  });
}

/** Series and what becomes of them. */
export interface AlertCase {
  /**
   * Series in promtool's notation, for example `up{job="web"}` to `1x10 0x10`: a value, and how often it is repeated.
   */
  series: Record<string, string>;
  /** When to look, for example `10m`. */
  at: string;
  /** How many of each alert fire then; alerts that are not named are not looked at. */
  firing: Record<string, number>;
  /** Time between two values, and between two evaluations. @default 1m */
  interval?: string;
}

/**
 * Runs rules over series with Prometheus' own evaluation.
 *
 * @throws Error with promtool's words when another number of alerts fires
 */
export function checkAlerts(groups: RuleGroup[], { series, at, firing, interval = "1m" }: AlertCase): void {
  const known = new Set(groups.flatMap(({ rules }) => rules.map((rule) => ("alert" in rule ? rule.alert : ""))));
  for (const alert of Object.keys(firing)) if (!known.has(alert)) throw new Error(`there is no alert ${alert}`);
  runPromtool(
    groups,
    {
      interval,
      input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
      promql_expr_test: Object.entries(firing).map(([alert, count]) => ({
        expr: `count(ALERTS{alertname="${alert}",alertstate="firing"}) or vector(0)`,
        eval_time: at,
        exp_samples: [{ labels: "{}", value: count }],
      })),
    },
    interval,
  );
}

/** Has Prometheus parse rules, annotation templates included. */
export function checkRules(groups: RuleGroup[]): void {
  runPromtool(groups);
}

/**
 * Has Prometheus parse a `prometheus.yml`.
 *
 * @returns what promtool says; `missing`: why it cannot tell (Debian 12's was built without Kubernetes service
 * discovery)
 */
export function checkConfig(text: string): { says: string; missing?: string } {
  if (missing) return { says: "", missing: WHY };
  const folder = mkdtempSync(join(tmpdir(), "promtool-"));
  try {
    writeFileSync(join(folder, "prometheus.yml"), text);
    writeFileSync(join(folder, "token"), "");
    const { stdout, stderr } = spawnSync("promtool", ["check", "config", "--syntax-only", "prometheus.yml"], {
      cwd: folder,
      encoding: "utf8",
    });
    const says = stdout + stderr;
    return says.includes("kubernetes_sd_configs not found")
      ? { says, missing: "this promtool knows no Kubernetes service discovery" }
      : { says };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function runPromtool(groups: RuleGroup[], unit?: object, interval = "1m"): void {
  const folder = mkdtempSync(join(tmpdir(), "promtool-"));
  try {
    writeFileSync(join(folder, "rules.yml"), stringify({ groups }));
    writeFileSync(
      join(folder, "test.yml"),
      stringify({ rule_files: ["rules.yml"], evaluation_interval: interval, tests: unit ? [unit] : [] }),
    );
    const args = unit ? ["test", "rules", "test.yml"] : ["check", "rules", "rules.yml"];
    const run = spawnSync("promtool", args, { cwd: folder, encoding: "utf8" });
    if (run.status !== 0) throw new Error(`${run.stdout}\n${run.stderr}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
