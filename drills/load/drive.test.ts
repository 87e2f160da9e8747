import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { drive } from "./drive";
import { Journal, readJournal } from "./journal";
import { openLoop } from "./open-loop";
import type { Way } from "./way";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "drive-"));
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
  rmSync(folder, { recursive: true });
});

describe("openLoop", () => {
  it("makes the n-th request at its time though none before it was answered", async () => {
    const dues: number[] = [];
    const start = Date.now();
    const loop = openLoop(50, async (due) => {
      dues.push(due - start);
      await new Promise((answered) => setTimeout(answered, 5000));
    });
    await vi.advanceTimersByTimeAsync(1000);
    expect(dues).toHaveLength(51);
    expect(dues.slice(0, 3)).toEqual([0, 20, 40]);
    const stopped = loop.stop();
    await vi.advanceTimersByTimeAsync(5000);
    await stopped;
    expect(dues).toHaveLength(51);
  });

  it("catches up with what became due while the process did not run", async () => {
    const dues: number[] = [];
    const loop = openLoop(10, async (due) => void dues.push(due));
    vi.setSystemTime(Date.now() + 2000);
    await vi.advanceTimersByTimeAsync(100);
    expect(dues.length).toBeGreaterThanOrEqual(21);
    await loop.stop();
  });
});

describe("drive", () => {
  const shape = { writesPerSecond: 50, readsPerSecond: 50, sessions: 4 };
  let up = true;
  const way: Way = {
    write: async (id) => (up ? { ok: true, detail: "201", reference: `order-${id}` } : { ok: false, detail: "503" }),
    read: async (_session, expects) => ({ ok: true, detail: "200", ...(expects ? { found: true } : {}) }),
    close: async () => undefined,
  };

  it("asks each session only for its own acknowledged writes, and the same ones for the same seed", async () => {
    const once = async (file: string): Promise<ReturnType<typeof readJournal>> => {
      vi.setSystemTime(1_000_000);
      const path = join(folder, file);
      const journal = new Journal(path);
      const load = drive(way, journal, shape, "t", 7);
      await vi.advanceTimersByTimeAsync(2000);
      await load.stop();
      journal.close();
      return readJournal(readFileSync(path, "utf8"));
    };
    const [first, second] = [await once("a"), await once("b")];
    expect(second).toEqual(first);
    const owner = new Map(first.writes.map((write) => [write.id, write.session]));
    const asking = first.reads.filter((read) => read.expects !== undefined);
    expect(asking.length).toBeGreaterThan(20);
    expect(asking.every((read) => owner.get(read.expects!) === read.session)).toBe(true);
  });

  it("is steady while writes are acknowledged and not while they fail", async () => {
    const load = drive(way, new Journal(join(folder, "c")), shape, "t", 1);
    up = true;
    await vi.advanceTimersByTimeAsync(6000);
    expect(load.steady(5000)).toBe(true);
    up = false;
    await vi.advanceTimersByTimeAsync(2000);
    expect(load.steady(5000)).toBe(false);
    up = true;
    await vi.advanceTimersByTimeAsync(6000);
    expect(load.steady(5000)).toBe(true);
    await load.stop();
  });

  it("sends writes again, and of very many an even sample", async () => {
    const path = join(folder, "d");
    const load = drive(way, new Journal(path), { ...shape, readsPerSecond: 0 }, "t", 1);
    up = false;
    await vi.advanceTimersByTimeAsync(20_000);
    await load.stop();
    up = true;
    await load.resend(new AbortController().signal);
    const { writes, resends } = readJournal(readFileSync(path, "utf8"));
    expect(writes.length).toBeGreaterThan(1000);
    const failed = writes.filter((write) => write.outcome === "failed");
    // The very first write came before the outage, and is all there is of the other kind.
    expect(resends).toHaveLength(201);
    expect(resends.every((again) => again.outcome === "acknowledged")).toBe(true);
    expect(resends[0]!.id).toBe(failed[0]!.id);
    expect(resends[100]!.id).toBe(failed[failed.length / 2]!.id);
    expect(resends[200]!.id).toBe(writes[0]!.id);
  });
});
