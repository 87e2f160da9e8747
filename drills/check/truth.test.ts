import { describe, expect, it } from "vitest";
import { parseCopies, parseTimelineHistory } from "./truth";

describe("parseTimelineHistory", () => {
  it("reads where each timeline ended", () => {
    const text = "1\t0/5000148\tno recovery target specified\n\n2\t0/70001A0\tno recovery target specified\n";
    expect(parseTimelineHistory(text)).toEqual([
      { timeline: 1, lsn: "0/5000148" },
      { timeline: 2, lsn: "0/70001A0" },
    ]);
  });

  it("is empty on the first timeline", () => {
    expect(parseTimelineHistory("\n")).toEqual([]);
  });
});

describe("parseCopies", () => {
  it("counts each id", () => {
    expect(parseCopies("run-1\t1\nrun-2\t2\n")).toEqual(
      new Map([
        ["run-1", 1],
        ["run-2", 2],
      ]),
    );
    expect(parseCopies("")).toEqual(new Map());
  });
});
