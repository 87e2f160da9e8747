import { writeFileSync } from "node:fs";
import type { Reporter, SerializedError, TestModule } from "vitest/node";
import { firstLine, tallyOf, type Tally } from "./tally";

/** Variable that names the file which the tally is written to. */
export const TALLY_FILE = "HOLDFAST_TALLY_FILE";

/** Writes a run's tally: vitest's own reports don't hold why a test skipped itself, nor name the failed ones last. */
export default class TallyReporter implements Reporter {
  /**
   * @param modules the run's files
   * @param unhandled errors that belong to no test
   */
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly SerializedError[]): void {
    const tally = tallyOf(modules.flatMap(({ children }) => [...children.allTests()]));
    const broken = modules.flatMap((module) =>
      module.errors().map((error) => `${module.relativeModuleId}: ${firstLine([error])}`),
    );
    const failures = [...(tally.failures ?? []), ...broken, ...unhandled.map((error) => firstLine([error]))];
    writeFileSync(process.env[TALLY_FILE] ?? "", JSON.stringify({ ...tally, failures } satisfies Tally));
  }
}
