import { describe, expect, test } from "vitest";
import { wishedMoment } from "./moment";

describe("a moment is read whole, in any zone", () => {
  test.each([
    ["2026-01-31T11:59:59Z", "2026-01-31 11:59:59+00"],
    ["2026-01-31 11:59:59+00", "2026-01-31 11:59:59+00"],
    ["2026-01-31T13:30:00+02:00", "2026-01-31 11:30:00+00"],
    ["2026-01-31T13:30:00+0200", "2026-01-31 11:30:00+00"],
    ["2028-02-29T23:30:00-01:00", "2028-03-01 00:30:00+00"],
    ["2026-01-31T11:59:59.123456Z", "2026-01-31 11:59:59.123456+00"],
  ])("%s", (wish, target) => expect(wishedMoment(wish)).toBe(target));
});

describe("anything else is refused with what to type instead", () => {
  test.each([
    ["yesterday"],
    ["now"],
    [""],
    ["2026-01-31"],
    ["2026-01-31T11:00:00"],
    ["2026-10-25T02:30:00 Europe/Berlin"],
    ["2026-10-25T02:30:00 CET"],
    ["2026-13-31T11:00:00Z"],
    ["2026-02-30T11:00:00Z"],
    ["2026-02-29T11:00:00+02:00"],
  ])("%s", (wish) =>
    expect(() => wishedMoment(wish)).toThrow(`"${wish}" is no moment: write date, time to the second and time zone`),
  );
});
