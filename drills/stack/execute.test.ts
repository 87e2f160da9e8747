import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { CommandFailed, execute, executeAll } from "./execute";

const CLUSTER = { context: "kind-holdfast", namespace: "online-shop" };
/** Fails with `$2` until it has run so many times, and says how often that was. */
const UNTIL = 'echo x >>"$1"; [ "$(wc -l <"$1")" -ge "$3" ] || { echo "$2" >&2; exit 1; }; wc -l <"$1"';

describe("execute", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "execute-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const run = (message: string, times: number, extra: object): Promise<string> =>
    execute(CLUSTER, {
      program: "sh",
      args: ["-c", UNTIL, "sh", join(folder, "count"), message, String(times)],
      ...extra,
    });
  const count = (): number => readFileSync(join(folder, "count"), "utf8").split("\n").length - 1;

  it("tries again where the failure left everything as it was", async () => {
    expect((await run("unable to freeze", 3, { againIf: "unable to freeze" })).trim()).toBe("3");
  });

  it("does not try again for another reason, or unasked", async () => {
    await expect(run("no such container", 3, { againIf: "unable to freeze" })).rejects.toThrow(CommandFailed);
    await expect(run("unable to freeze", 3, {})).rejects.toThrow(/unable to freeze/);
    expect(count()).toBe(2);
  });

  it("takes a failure that leaves nothing to do for none", async () => {
    expect(await run("is not paused", 2, { fineIf: "is not paused" })).toBe("");
  });
});

describe("executeAll", () => {
  it("tells of each command as it starts, those that are together at once", async () => {
    const sleep = (seconds: string, more = {}) => ({
      program: "sh" as const,
      args: ["-c", `sleep ${seconds}`],
      ...more,
    });
    const commands = [sleep("0.2"), sleep("0.3"), sleep("0.1", { together: true })];
    const began: number[] = [];
    const ran = await executeAll(CLUSTER, commands, new AbortController().signal, () => began.push(Date.now()));
    expect(began[0]).toBeLessThan(ran[0]!.to);
    expect(began[1]).toBeGreaterThanOrEqual(ran[0]!.to);
    expect(began).toHaveLength(3);
  });
});
