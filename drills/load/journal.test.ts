import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Journal, readJournal } from "./journal";

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "journal-"));
  path = join(folder, "journal.ndjson");
});
afterEach(() => rmSync(folder, { recursive: true }));

const text = (): string => readFileSync(path, "utf8");

describe("the journal", () => {
  it("has a write on disk before its answer, and then counts it as unanswered", () => {
    const journal = new Journal(path);
    journal.write("a", 3, 100);
    expect(readJournal(text()).writes).toMatchObject([{ id: "a", session: 3, due: 100, outcome: "unanswered" }]);
    journal.written("a", { ok: true, detail: "201", reference: "17", position: { timeline: 1, lsn: "0/1" } });
    journal.close();
    const [write] = readJournal(text()).writes;
    expect(write).toMatchObject({
      outcome: "acknowledged",
      detail: "201",
      reference: "17",
      position: { timeline: 1, lsn: "0/1" },
    });
    expect(write!.answered).toBeGreaterThanOrEqual(write!.sent);
  });

  it("tells a refusal from an acknowledgement, for writes, reads and repeats", () => {
    const journal = new Journal(path);
    journal.write("a", 1, 0);
    journal.written("a", { ok: false, detail: "503" });
    const n = journal.read(1, 5, "a");
    journal.seen(n, { ok: true, detail: "404", found: false });
    journal.again("a");
    journal.answeredAgain("a", { ok: true, detail: "201" });
    journal.close();
    expect(readJournal(text())).toMatchObject({
      writes: [{ outcome: "failed", detail: "503" }],
      reads: [{ expects: "a", outcome: "acknowledged", found: false }],
      resends: [{ id: "a", outcome: "acknowledged" }],
    });
  });

  it("leaves out a last line that its writer's death has cut", () => {
    const journal = new Journal(path);
    journal.write("a", 1, 0);
    journal.written("a", { ok: true, detail: "201" });
    journal.close();
    const torn = text().slice(0, -10);
    expect(readJournal(torn).writes).toMatchObject([{ id: "a", outcome: "unanswered" }]);
  });

  it("does not pass over damage anywhere else", () => {
    expect(() => readJournal("{broken\n{}\n")).toThrow();
    expect(() => readJournal('{"k":"written","id":"x","at":1,"answer":{"ok":true,"detail":""}}\n')).toThrow(
      "answer to a request",
    );
  });
});
