import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";

const there = spawnSync("valkey-server", ["--version"]).status === 0;

test.skipIf(!there)(
  "the agents take a real set through its life (skipped without valkey-server on PATH)",
  () => {
    const life = ["-B", "-W", "ignore::ResourceWarning", "-m", "unittest", "-q", "agent.tests.real"];
    const python = process.env["MACHINE_PYTHON"] ?? "python3";
    const { status, stderr } = spawnSync(python, life, { cwd: __dirname, encoding: "utf8" });
    expect(status, stderr).toBe(0);
    // Half a minute of waiting for one another; the rest is for a busy machine.
  },
  300_000,
);
