import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import type { RuleGroup } from "../../components/common/observability";

/** Whether `promtool`, which comes with Prometheus, is on PATH; tests that need it are skipped where it isn't. */
export const hasPromtool = spawnSync("promtool", ["--version"]).status === 0;

/** One situation and what an alert makes of it. */
export interface AlertCase {
  alert: string;
  /** Series by their selector, in promtool's notation of values: `up{job="web"}` → `"0x20"`, one value a minute. */
  series: Record<string, string>;
  /** Time since the first value, `15m`. */
  at: string;
  /** How many instances of the alert are firing then. */
  firing: number;
}

/**
 * Lets Prometheus' own tool judge alerts: that they parse, and in each case whether they fire.
 *
 * @throws Error with promtool's words where one doesn't behave as the case says
 */
export function checkAlerts(groups: RuleGroup[], cases: AlertCase[]): void {
  const folder = mkdtempSync(join(tmpdir(), "promtool-"));
  const write = (file: string, content: object) => writeFileSync(join(folder, file), stringify(content));
  const run = (...args: string[]) => {
    try {
      execFileSync("promtool", args, { cwd: folder, stdio: "pipe", encoding: "utf8" });
    } catch (error) {
      const { stdout, stderr } = error as { stdout: string; stderr: string };
      throw new Error(`promtool ${args.join(" ")}:\n${stdout}${stderr}`);
    }
  };
  try {
    write("rules.yml", { groups });
    write("cases.yml", {
      rule_files: ["rules.yml"],
      evaluation_interval: "1m",
      tests: cases.map(({ alert, series, at, firing }) => ({
        name: `${alert} at ${at}`,
        interval: "1m",
        input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
        promql_expr_test: [{
          expr: `count(ALERTS{alertname="${alert}", alertstate="firing"}) or vector(0)`,
          eval_time: at,
          exp_samples: [{ labels: "{}", value: firing }],
        }],
      })),
    });
    run("check", "rules", "rules.yml");
    run("test", "rules", "cases.yml");
  } finally {
    rmSync(folder, { recursive: true });
  }
}
