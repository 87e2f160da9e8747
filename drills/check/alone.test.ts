import { expect, it } from "vitest";
import type { WayName, WriteRecord } from "../load/history";
import { acknowledgedAlone } from "./alone";

const write = (
  id: string,
  answered: number | undefined,
  outcome: WriteRecord["outcome"] = "acknowledged",
): WriteRecord => ({ id, session: 1, due: 0, sent: 0, outcome, ...(answered === undefined ? {} : { answered }) });
const way = (name: WayName, ...writes: WriteRecord[]) => ({ way: name, history: { writes, reads: [], resends: [] } });
const spans = [
  { from: 100, to: 200 },
  { from: 200, to: 300 },
];

it.each([
  ["the shop's", [way("shop", write("a", 150))], ["a"]],
  ["the second writer's", [way("shop"), way("direct", write("b", 250))], ["b"]],
  ["one at either end", [way("shop", write("a", 100), write("b", 300))], ["a", "b"]],
  ["none before and after", [way("shop", write("a", 99), write("b", 301))], []],
  ["none that failed or was never answered", [way("shop", write("a", 150, "failed"), write("b", undefined))], []],
  ["none of Redis'", [way("redis", write("a", 150))], []],
])("of what was acknowledged while the primary was alone: %s", (_, ways, expected) => {
  expect(acknowledgedAlone(spans, ways)).toEqual(expected);
});

it("is not known of a drill in which the primary is never alone", () => {
  expect(acknowledgedAlone([], [way("shop", write("a", 150))])).toBeNull();
});
