import { expect, test } from "vitest";
import { lacksCapabilities } from "./capabilities";

test("a full bounding set needs no wrapper", () => {
  expect(lacksCapabilities("CapBnd:\t000001ffffffffff\n", "40\n")).toBe(false);
});

test("one bit missing below the kernel's last capability is noticed", () => {
  expect(lacksCapabilities("CapBnd:\t000001fffeffffff\n", "40\n")).toBe(true);
});

test("bits above the kernel's last capability do not count", () => {
  expect(lacksCapabilities("CapBnd:\t000000ffffffffff\n", "39\n")).toBe(false);
});
