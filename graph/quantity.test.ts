import { describe, expect, test } from "vitest";
import { quantity, quantityBytes, quantityCores } from "./quantity";

test.each([
  ["2", 2],
  [1.5, 1.5],
  ["500m", 0.5],
  ["7m", 0.007],
  ["250u", 0.00025],
  ["100n", 1e-7],
  ["1e3", 1000],
  ["12E", 12e18],
  ["-1", -1],
  ["128Mi", 134_217_728],
  ["1G", 1e9],
  ["0.5Gi", 536_870_912],
])("%s is %d", (text, value) => expect(quantity(text)).toBe(value));

test.each(["many", "", "1 Gi", "1gb", "Mi", "1.2.3"])("%j is no number", (text) => expect(quantity(text)).toBeNaN());

describe("bytes", () => {
  test.each([
    ["512Mi", 2 ** 29],
    ["1.5Gi", 1.5 * 2 ** 30],
    ["2G", 2e9],
    ["100", 100],
  ])("%s", (text, bytes) => expect(quantityBytes(text)).toBe(bytes));
  test.each(["12 GB", "500m", "-1Gi", ""])("%j is refused", (text) => {
    expect(() => quantityBytes(text)).toThrow(`"${text}" is no amount of bytes: write for example 512Mi or 10Gi`);
  });
});

describe("cores", () => {
  test.each([
    ["250m", 0.25],
    ["0.5", 0.5],
    ["2", 2],
    ["1e1", 10],
  ])("%s", (text, cores) => expect(quantityCores(text)).toBe(cores));
  test.each(["1Gi", "2k", "3E", "-1", "one"])("%j is refused", (text) => {
    expect(() => quantityCores(text)).toThrow(`"${text}" is no amount of CPU: write for example 250m or 0.5`);
  });
});
