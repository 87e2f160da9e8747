import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { History, ReadRecord, WriteRecord } from "../load/history";
import { check, type Truth } from "./checker";

function write(id: string, at: number, more: Partial<WriteRecord> = {}): WriteRecord {
  return { id, session: 1, due: at, sent: at, answered: at + 5, outcome: "acknowledged", ...more };
}

function read(expects: string, at: number, found: boolean, more: Partial<ReadRecord> = {}): ReadRecord {
  return { session: 1, due: at, sent: at, answered: at + 2, outcome: "acknowledged", expects, found, ...more };
}

const history = (parts: Partial<History>): History => ({ writes: [], reads: [], resends: [], ...parts });

function truth(ids: string[], more: Partial<Truth> = {}): Truth {
  return { copies: new Map(ids.map((id) => [id, 1])), ends: [], ...more };
}

const nothing = { lost: [], duplicates: [], deposed: [], stale: [] };

describe("a lost write", () => {
  it("is one that was acknowledged and is not in the data", () => {
    const findings = check(history({ writes: [write("a", 0), write("b", 20)] }), truth(["a"]));
    expect(findings).toEqual({ ...nothing, lost: ["b"] });
  });

  it("is not one that failed, and such a one may be in the data all the same", () => {
    const failed = { outcome: "failed" as const };
    const findings = check(history({ writes: [write("a", 0, failed), write("b", 20, failed)] }), truth(["a"]));
    expect(findings).toEqual(nothing);
  });

  it("is found as well where only the repeated write was acknowledged", () => {
    const writes = [write("a", 0, { outcome: "failed" })];
    const resends = [{ id: "a", sent: 100, answered: 110, outcome: "acknowledged" as const }];
    expect(check(history({ writes, resends }), truth([])).lost).toEqual(["a"]);
  });
});

describe("a duplicate", () => {
  it("stands in the data twice", () => {
    const findings = check(history({ writes: [write("a", 0)] }), truth([], { copies: new Map([["a", 2]]) }));
    expect(findings).toEqual({ ...nothing, duplicates: ["a"] });
  });

  it("or was filed under another number when it was sent again", () => {
    const writes = [write("a", 0, { reference: "17" }), write("b", 20, { reference: "18" })];
    const resends = [
      { id: "a", sent: 100, answered: 110, outcome: "acknowledged" as const, reference: "19" },
      { id: "b", sent: 100, answered: 110, outcome: "acknowledged" as const, reference: "18" },
    ];
    expect(check(history({ writes, resends }), truth(["a", "b"]))).toEqual({ ...nothing, duplicates: ["a"] });
  });
});

describe("a stale read", () => {
  it("does not see what its session was told is done", () => {
    const findings = check(history({ writes: [write("a", 0)], reads: [read("a", 10, false)] }), truth(["a"]));
    expect(findings).toEqual({ ...nothing, stale: ["a"] });
  });

  it.each([
    ["was seen", read("a", 10, true)],
    ["was asked for before the acknowledgement came", read("a", 3, false)],
    ["belongs to another session", read("a", 10, false, { session: 2 })],
    ["was asked for by a read that failed", read("a", 10, false, { outcome: "failed" })],
  ])("is none where the write %s", (_, only) => {
    expect(check(history({ writes: [write("a", 0)], reads: [only] }), truth(["a"])).stale).toEqual([]);
  });

  it("of a write that is lost is counted as the lost write it is", () => {
    const findings = check(history({ writes: [write("a", 0)], reads: [read("a", 10, false)] }), truth([]));
    expect(findings).toEqual({ ...nothing, lost: ["a"] });
  });
});

describe("a split brain", () => {
  const on = (timeline: number, lsn: string): Partial<WriteRecord> => ({ position: { timeline, lsn } });

  it("is an old primary that acknowledges past the end of its timeline", () => {
    const writes = [write("a", 0, on(1, "0/100")), write("b", 20, on(1, "0/300")), write("c", 40, on(2, "0/280"))];
    const findings = check(history({ writes }), truth(["a", "c"], { ends: [{ timeline: 1, lsn: "0/200" }] }));
    expect(findings).toEqual({ ...nothing, lost: ["b"], deposed: ["b"] });
  });

  it("is found from the order of answers alone, where the history of timelines is not known", () => {
    const writes = [write("a", 0, on(2, "0/280")), write("b", 20, on(1, "0/300"))];
    expect(check(history({ writes }), truth(["a", "b"])).deposed).toEqual(["b"]);
  });

  it("is not a slow answer of a write that was sent before the new primary answered", () => {
    const writes = [write("a", 0, { ...on(1, "0/100"), answered: 90 }), write("b", 20, on(2, "0/280"))];
    expect(check(history({ writes }), truth(["a", "b"])).deposed).toEqual([]);
  });

  it("compares positions as numbers, over the border of the high half too", () => {
    const writes = [write("a", 0, on(1, "0/FFFFFFFF")), write("b", 20, on(1, "2/1"))];
    const findings = check(history({ writes }), truth(["a", "b"], { ends: [{ timeline: 1, lsn: "1/0" }] }));
    expect(findings.deposed).toEqual(["b"]);
  });
});

describe("over histories made at random", () => {
  const ids = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 40 });

  it("finds exactly the writes that were taken out and those that were put in twice", () => {
    fc.assert(
      fc.property(ids, fc.infiniteStream(fc.nat(3)), (names, fates) => {
        const copies = new Map<string, number>();
        const [lost, twice]: [string[], string[]] = [[], []];
        for (const name of names) {
          const fate = fates.next().value;
          if (fate === 0) lost.push(name);
          else copies.set(name, fate === 1 ? 2 : 1);
          if (fate === 1) twice.push(name);
        }
        const findings = check(history({ writes: names.map((name, i) => write(name, i * 20)) }), { copies, ends: [] });
        expect(findings).toEqual({ ...nothing, lost, duplicates: twice });
      }),
    );
  });

  it("finds nothing where every acknowledged write is there once and every read saw it", () => {
    fc.assert(
      fc.property(ids, (names) => {
        const writes = names.map((name, i) => write(name, i * 20));
        const reads = names.map((name, i) => read(name, i * 20 + 10, true));
        expect(check(history({ writes, reads }), truth(names))).toEqual(nothing);
      }),
    );
  });
});
