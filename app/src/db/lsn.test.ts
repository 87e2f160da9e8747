import { expect, it } from "vitest";
import { laterLsn, parseLsn } from "./lsn.js";

it("takes log positions and nothing else, for it ends up in SQL text", () => {
  expect(parseLsn("16/B374D848")).toBe("16/B374D848");
  for (const text of [undefined, "", "16", "16/", "/1", "1/2/3", "0/1'; DROP TABLE orders", "123456789/0", "0/1\n"]) {
    expect(parseLsn(text)).toBeUndefined();
  }
});

it("compares both halves as numbers, not as text", () => {
  const lsn = (text: string) => parseLsn(text)!;
  expect(laterLsn(lsn("9/0"), lsn("A/0"))).toBe("A/0");
  expect(laterLsn(lsn("10/0"), lsn("9/FFFFFFFF"))).toBe("10/0");
  expect(laterLsn(lsn("0/FFFFFFF"), lsn("0/10000000"))).toBe("0/10000000");
  expect(laterLsn(undefined, lsn("0/1"))).toBe("0/1");
  expect(laterLsn(undefined, undefined)).toBeUndefined();
});
