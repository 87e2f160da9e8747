/** Names of the tiers, in the order they run. */
export const TIERS = ["unit", "engine", "cluster"] as const;
export type Tier = (typeof TIERS)[number];

/** How many tests passed, failed and were skipped. */
export interface Tally {
  passed: number;
  failed: number;
  skipped: number;
  /** Each test that its own file skipped, with its reason where it gave one. */
  skips?: string[];
  /** Each test that failed, with the first line of what was wrong. */
  failures?: string[];
}

/** The line a tier ends with, and the whole run: what machines read. */
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
      skips: [...(sum.skips ?? []), ...(tally.skips ?? [])],
      failures: [...(sum.failures ?? []), ...(tally.failures ?? [])],
    }),
    { passed: 0, failed: 0, skipped: 0 },
  );
}

/** A test as vitest tells of it. */
interface Told {
  fullName: string;
  module: { relativeModuleId: string };
  result(): {
    state: "pending" | "passed" | "failed" | "skipped";
    note?: string | undefined;
    errors?: readonly { message: string }[] | undefined;
  };
}

/** An error's first line; none where there is no error. */
export const firstLine = (errors: readonly { message: string }[] = []): string =>
  errors[0]?.message.split("\n", 1)[0] ?? "";

const nameOf = (test: Told) => `${test.module.relativeModuleId}: ${test.fullName}`;

/** The tally of tests that ran or didn't; one that never came to an end counts as skipped. */
export function tallyOf(tests: Told[]): Tally {
  const left = tests.filter((test) => !["passed", "failed"].includes(test.result().state));
  const failed = tests.filter((test) => test.result().state === "failed");
  return {
    passed: tests.filter((test) => test.result().state === "passed").length,
    failed: failed.length,
    skipped: left.length,
    skips: left.map((test) => {
      const { note } = test.result();
      return `${nameOf(test)}${note === undefined ? "" : ` (${note})`}`;
    }),
    failures: failed.map((test) => `${nameOf(test)}: ${firstLine(test.result().errors)}`),
  };
}

/** What a run that may leave nothing out says of what it left out; undefined where it left nothing out. */
export function leftOut(tallies: ReadonlyMap<Tier, Tally>): string | undefined {
  const missing = TIERS.filter((tier) => !tallies.has(tier)).map((tier) => `the whole ${tier} tier`);
  const { skipped, skips = [] } = total([...tallies.values()]);
  if (skipped + missing.length === 0) return undefined;
  return [
    "--require-cluster leaves nothing out, and these did not run; install what their reasons name:",
    ...[...missing, ...skips].map((line) => `  ${line}`),
  ].join("\n");
}
