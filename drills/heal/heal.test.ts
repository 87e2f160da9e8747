import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Command } from "../stack/command";
import { heal } from "./healer";
import { HealFile, type HealRecord } from "./record";

let folder: string;
let file: HealFile;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "heal-"));
  file = new HealFile(join(folder, "deep", "unhealed.json"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const start: Command = { program: "docker", args: ["start", "worker"] };
const unpause: Command = { program: "docker", args: ["unpause", "worker2"], fineIf: "is not paused" };
const record: HealRecord = {
  version: 1,
  drill: "postgres-node-killed",
  context: "kind-holdfast",
  namespace: "online-shop",
  pid: 1,
  startedAt: "2026-01-01T00:00:00Z",
  heal: [start, unpause],
};
const quick = { retries: 2, minTimeout: 1, maxTimeout: 1 };

describe("the heal record", () => {
  it("comes back as it was written, and is gone when all is mended", () => {
    expect(file.read()).toBeUndefined();
    file.write(record);
    expect(file.read()).toEqual(record);
    file.clear();
    expect(file.read()).toBeUndefined();
  });

  it("is replaced as a whole: a half-written one never stands under its name", () => {
    file.write(record);
    file.write({ ...record, heal: [start] });
    expect(JSON.parse(readFileSync(file.path, "utf8"))).toMatchObject({ heal: [start] });
    expect(existsSync(`${file.path}.draft`)).toBe(false);
  });

  it("that is damaged is not passed over", () => {
    file.write(record);
    writeFileSync(file.path, "{}");
    expect(() => file.read()).toThrow();
  });

  it("cannot name any other program", () => {
    file.write(record);
    writeFileSync(file.path, readFileSync(file.path, "utf8").replaceAll('"docker"', '"sh"'));
    expect(() => file.read()).toThrow();
  });
});

describe("healing", () => {
  it("does nothing without a record", async () => {
    await heal(file, () => undefined, {
      run: async () => {
        throw new Error("must not run");
      },
    });
  });

  it("runs every command against the cluster of the record, in order, and removes it", async () => {
    file.write(record);
    const ran: unknown[] = [];
    await heal(file, () => undefined, { run: async (cluster, command) => void ran.push([cluster.context, command]) });
    expect(ran).toEqual([
      ["kind-holdfast", start],
      ["kind-holdfast", unpause],
    ]);
    expect(file.read()).toBeUndefined();
  });

  it("leaves what is not due yet in the record", async () => {
    file.write(record);
    const ran: Command[] = [];
    await heal(file, () => undefined, { keep: [unpause], run: async (_, command) => void ran.push(command) });
    expect(ran).toEqual([start]);
    expect(file.read()?.heal).toEqual([unpause]);
  });

  it("tries again what fails at first", async () => {
    file.write(record);
    let failures = 2;
    await heal(file, () => undefined, {
      retries: quick,
      run: async () => {
        if (failures-- > 0) throw new Error("not yet");
      },
    });
    expect(file.read()).toBeUndefined();
  });

  it("goes on past what cannot be undone, keeps exactly that, and says how to go on", async () => {
    file.write(record);
    const ran: string[] = [];
    const run = async (_: unknown, command: Command): Promise<void> => {
      if (command.args[0] === "start") throw new Error("no such container");
      ran.push(command.args[0]!);
    };
    await expect(heal(file, () => undefined, { retries: quick, run })).rejects.toThrow(
      /1 of 2 steps.*no such container.*npm run drill -- heal/s,
    );
    expect(ran).toEqual(["unpause"]);
    expect(file.read()?.heal).toEqual([start]);
  });
});
