import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Refusal } from "../../config/refusal";
import { takeLock } from "./lock";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "lock-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe("the lock", () => {
  it("refuses a second drill while one runs, and says which", async () => {
    const release = await takeLock(folder);
    await expect(takeLock(folder)).rejects.toThrow(Refusal);
    await expect(takeLock(folder)).rejects.toThrow(`process ${process.pid}`);
    await release();
  });

  it("is free again afterwards", async () => {
    await (await takeLock(folder))();
    await (await takeLock(folder))();
  });

  it("that a killed drill has left behind is taken over at once", async () => {
    // What proper-lockfile leaves behind: a directory that was touched a moment ago.
    mkdirSync(join(folder, "lock"));
    const { pid } = spawnSync(process.execPath, ["-e", ""]);
    writeFileSync(join(folder, "holder"), String(pid));
    const release = await takeLock(folder);
    await release();
  });
});
