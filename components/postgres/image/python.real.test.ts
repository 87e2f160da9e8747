import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";

/** Python 3.11 or newer, which the image's programs are written for, or undefined. */
function python(): string | undefined {
  const probe = spawnSync("python3", ["-c", "import sys; sys.exit(sys.version_info < (3, 11))"]);
  return probe.status === 0 ? "python3" : undefined;
}

/** The tests that Python's runner left out, each with its reason. */
const leftOut = (said: string): string[] => said.match(/^.* \.\.\. skipped .*$/gm) ?? [];

describe("the programs in the postgres image", () => {
  const interpreter = python();
  let said = "";
  it.skipIf(interpreter === undefined)(
    "pass their own unit tests (skipped without Python 3.11)",
    () => {
      const words = ["-B", "-m", "unittest", "discover", "-v", "-s", "tests", "-t", "."];
      const { status, stderr } = spawnSync(interpreter ?? "", words, { cwd: __dirname, encoding: "utf8" });
      said = stderr;
      expect(status, stderr.replace(/^.* \.\.\. ok\n/gm, "")).toBe(0);
      expect(said).toMatch(/^Ran \d{3,} tests/m);
      // Some 10 s of one core go into random histories of a simulated cluster (tests/model); the rest is for a busy
      // machine.
    },
    600_000,
  );

  it("pass those that start PostgreSQL and PgBouncer, too", ({ skip }) => {
    const left = leftOut(said);
    skip(said === "" || left.length > 0, left.join("; ") || "needs Python 3.11");
  });
});
