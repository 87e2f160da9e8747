import Table from "cli-table3";

/** Milliseconds as a person reads them. */
export function milliseconds(value: number): string {
  if (!Number.isFinite(value)) return "grows for ever";
  return value >= 10_000
    ? `${(value / 1000).toFixed(0)} s`
    : value >= 100
      ? `${value.toFixed(0)} ms`
      : `${value.toFixed(1)} ms`;
}

/** A share as a percentage. */
export const percent = (share: number): string => `${(share * 100).toFixed(share < 0.01 && share > 0 ? 2 : 0)} %`;

/** Minutes a year, in the largest unit that leaves a sensible number. */
export function minutes(value: number): string {
  return value >= 120 ? `${(value / 60).toFixed(1)} hours` : `${value.toFixed(1)} minutes`;
}

/** Requests a second. */
export const rate = (value: number): string => `${value >= 100 ? value.toFixed(0) : Number(value.toFixed(1))}/s`;

/** Rows under a heading, in columns, without a frame. */
export function table(head: string[], rows: string[][]): string {
  const blank = {
    top: "",
    "top-mid": "",
    "top-left": "",
    "top-right": "",
    bottom: "",
    "bottom-mid": "",
    "bottom-left": "",
    "bottom-right": "",
    left: "  ",
    "left-mid": "",
    mid: "",
    "mid-mid": "",
    right: "",
    "right-mid": "",
    middle: "  ",
  };
  const columns = new Table({
    head,
    chars: blank,
    style: { "padding-left": 0, "padding-right": 0, head: [], border: [] },
  });
  columns.push(...rows);
  return columns.toString();
}
