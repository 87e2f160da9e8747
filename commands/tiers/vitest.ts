import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { repository, scratchFolder } from "../../local/paths";

/** Names of the tiers, in the order they run. */
export const TIERS = ["unit", "engine", "cluster"] as const;
/** One of {@link TIERS}. */
export type Tier = (typeof TIERS)[number];

/** How many tests passed, failed and were skipped. */
export interface Tally {
  passed: number;
  failed: number;
  skipped: number;
}

const vitest = join(repository, "node_modules/.bin/vitest");

/** The last line of each tier and of the whole run, in a fixed form for programs. */
export function tallyLine({ passed, failed, skipped }: Tally): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
}

/** Sum of tallies. */
export function total(tallies: Tally[]): Tally {
  return tallies.reduce(
    (sum, tally) => ({
      passed: sum.passed + tally.passed,
      failed: sum.failed + tally.failed,
      skipped: sum.skipped + tally.skipped,
    }),
    { passed: 0, failed: 0, skipped: 0 },
  );
}

/**
 * Runs one tier, its progress going to the terminal.
 *
 * @returns its tally; a run that broke without a failed test (a file that does not load) counts as one failure
 */
export async function runTier(tier: Tier): Promise<Tally> {
  mkdirSync(scratchFolder, { recursive: true });
  const report = join(scratchFolder, `test-${tier}.json`);
  rmSync(report, { force: true });
  const result = await execa(
    vitest,
    ["run", "--project", tier, "--reporter=default", "--reporter=json", `--outputFile.json=${report}`],
    {
      cwd: repository,
      stdio: ["ignore", "inherit", "inherit"],
      reject: false,
    },
  );
  const counts = existsSync(report)
    ? (JSON.parse(readFileSync(report, "utf8")) as {
        numPassedTests: number;
        numFailedTests: number;
        numPendingTests: number;
        numTodoTests: number;
      })
    : { numPassedTests: 0, numFailedTests: 0, numPendingTests: 0, numTodoTests: 0 };
  const failed = counts.numFailedTests === 0 && result.exitCode !== 0 ? 1 : counts.numFailedTests;
  return { passed: counts.numPassedTests, failed, skipped: counts.numPendingTests + counts.numTodoTests };
}

/** Number of tests in a tier, to count them where the tier is skipped. */
export async function countTests(tier: Tier): Promise<number> {
  const { stdout } = await execa(vitest, ["list", "--project", tier, "--json"], { cwd: repository, reject: false });
  return (JSON.parse(stdout || "[]") as unknown[]).length;
}
