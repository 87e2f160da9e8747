import { execFileSync, spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";

/** Python 3.11 or newer, which the image's programs are written for, or undefined. */
function python(): string | undefined {
  const probe = spawnSync("python3", ["-c", "import sys; sys.exit(sys.version_info < (3, 11))"]);
  return probe.status === 0 ? "python3" : undefined;
}

describe("the programs in the postgres image", () => {
  const interpreter = python();
  it.skipIf(interpreter === undefined)(
    "pass their own unit tests (skipped without Python 3.11)",
    () => {
      const run = (): string =>
        execFileSync(interpreter ?? "", ["-B", "-m", "unittest", "discover", "-q", "-s", "tests", "-t", "."], {
          cwd: __dirname,
          encoding: "utf8",
          stdio: ["ignore", "pipe", "pipe"],
        });
      expect(run).not.toThrow();
      // Some 10 s of one core go into random histories of a simulated cluster (tests/model); the rest is for a busy
      // machine.
    },
    600_000,
  );
});
