import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { expect, test } from "vitest";
import { repository } from "../../local/paths";

/** What is read of a drill's documented result. */
interface Result {
  runs: {
    writes: { sent: number; acknowledged: number; outageSeconds: number; lost: number; duplicates: number };
    reads: { sent: number; stale: number };
  }[];
}

/** Drills that need no node to be lost: they leave the machine as it is and end within two minutes. */
const HARMLESS = ["postgres-primary-deleted", "postgres-postmaster-killed", "redis-primary-deleted"];

test.for(HARMLESS)("%s: the shop works again within 15 s, and nothing acknowledged is lost", async (drill, { signal, onTestFinished }) => {
  const file = join(mkdtempSync(join(tmpdir(), "holdfast-drill-")), "result.json");
  // A promise in seconds that a slow machine misses is no failure here: only a drill that could not be done is.
  // Out of time it is asked to heal what it broke and to end, or the next one would find it still at work.
  const end = { cancelSignal: signal, killSignal: "SIGINT", forceKillAfterDelay: 90_000 } as const;
  const running = execa("npm", ["run", "-s", "drill", "--", "run", drill, "--json", file], { cwd: repository, all: true, reject: false, ...end });
  onTestFinished(async () => void (await running));
  const { exitCode, all } = await running;
  expect([0, 1], all).toContain(exitCode);
  const { runs } = JSON.parse(readFileSync(file, "utf8")) as Result;
  expect(runs).toHaveLength(1);
  for (const { writes, reads } of runs) {
    expect(writes.acknowledged).toBeGreaterThan(100);
    expect(reads.sent).toBeGreaterThan(100);
    expect(writes.lost).toBe(0);
    expect(writes.duplicates).toBe(0);
    expect(reads.stale).toBe(0);
    // The promises are far lower; this is the bound of a broken one, on any machine.
    expect(writes.outageSeconds).toBeLessThan(15);
  }
});
