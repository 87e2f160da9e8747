import { describe, expect, it } from "vitest";
import { isAfterEnd, parseLsn } from "./lsn";

describe("parseLsn", () => {
  it("joins the two halves", () => {
    expect(parseLsn("0/3000148")).toBe(0x3000148n);
    expect(parseLsn("1/0")).toBe(0x1_0000_0000n);
    expect(parseLsn("A/ff")).toBe(0xa_0000_00ffn);
  });

  it.each(["", "0", "0/", "0/xyz", "0/123456789", "x/1"])("refuses %j", (text) => {
    expect(() => parseLsn(text)).toThrow("not a write-ahead log position");
  });
});

describe("isAfterEnd", () => {
  const ends = [{ timeline: 3, lsn: "0/500" }];

  it("is so at the end itself, because a position is taken before the commit", () => {
    expect(isAfterEnd({ timeline: 3, lsn: "0/500" }, ends)).toBe(true);
    expect(isAfterEnd({ timeline: 3, lsn: "0/4FF" }, ends)).toBe(false);
  });

  it("is never so on a timeline that has not ended", () => {
    expect(isAfterEnd({ timeline: 4, lsn: "9/0" }, ends)).toBe(false);
  });
});
