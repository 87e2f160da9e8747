import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { repository, scratchFolder } from "../../local/paths";
import { TALLY_FILE } from "./reporter";
import type { Tally, Tier } from "./tally";

const vitest = join(repository, "node_modules/.bin/vitest");

/** A tier is vitest's projects that are called after it. */
const projects = (tier: Tier) => ["--project", tier, "--project", `${tier}-*`];

/**
 * Runs one tier, its progress going to the terminal.
 *
 * @param env variables for the tests
 * @returns its tally; a run that broke without a failed test (a file that does not load) counts as one failure
 */
export async function runTier(tier: Tier, env: Record<string, string> = {}): Promise<Tally> {
  mkdirSync(scratchFolder, { recursive: true });
  const file = join(scratchFolder, `test-${tier}.json`);
  rmSync(file, { force: true });
  const reporter = join(repository, "commands/tiers/reporter.ts");
  const result = await execa(vitest, ["run", ...projects(tier), "--reporter=default", `--reporter=${reporter}`], {
    cwd: repository,
    stdio: ["ignore", "inherit", "inherit"],
    env: { ...env, [TALLY_FILE]: file },
    reject: false,
  });
  const tally = existsSync(file)
    ? (JSON.parse(readFileSync(file, "utf8")) as Tally)
    : { passed: 0, failed: 0, skipped: 0 };
  return tally.failed === 0 && result.exitCode !== 0 ? { ...tally, failed: 1 } : tally;
}

/** Number of tests in a tier, to count them where the tier is skipped. */
export async function countTests(tier: Tier): Promise<number> {
  const { stdout } = await execa(vitest, ["list", ...projects(tier), "--json"], { cwd: repository, reject: false });
  return (JSON.parse(stdout || "[]") as unknown[]).length;
}
