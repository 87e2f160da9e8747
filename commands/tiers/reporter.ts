import { writeFileSync } from "node:fs";
import type { Reporter, TestModule } from "vitest/node";
import { tallyOf } from "./tally";

/** Variable that names the file which the tally is written to. */
export const TALLY_FILE = "HOLDFAST_TALLY_FILE";

/** Writes a run's tally: vitest's own reports don't hold why a test skipped itself. */
export default class TallyReporter implements Reporter {
  /** @param modules the run's files */
  onTestRunEnd(modules: readonly TestModule[]): void {
    const tests = modules.flatMap(({ children }) => [...children.allTests()]);
    writeFileSync(process.env[TALLY_FILE] ?? "", JSON.stringify(tallyOf(tests)));
  }
}
