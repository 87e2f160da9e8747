import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";

test("the agent passes its own tests, on Python 3.11 or newer", () => {
  const tests = ["-B", "-m", "unittest", "discover", "-q", "-s", "agent/tests", "-t", "."];
  const { status, stderr } = spawnSync("python3", tests, { cwd: __dirname, encoding: "utf8", timeout: 60_000 });
  expect(status, stderr).toBe(0);
  expect(Number(/^Ran (\d+) tests/m.exec(stderr)?.[1])).toBeGreaterThan(5);
}, 70_000);
