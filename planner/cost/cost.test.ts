import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import type { Load, Slo } from "../plan/load";
import { planWeb } from "../plan/web";
import { purchases, totalCost, type Prices } from "./cheapest";
import { nodesNeeded } from "./nodes";

const load: Load = { rate: 200, serviceTimeMs: 20 };
const slo: Slo = { percentile: 99, latencyMs: 250, availability: 99.95 };
const prices = parse(readFileSync(join(__dirname, "..", "prices.yaml"), "utf8")) as Prices;

describe("cost", () => {
  it("corrects the source article's 1·1 + 2·1000 + 3·0.7: 2003.1, not 2030.7", () => {
    expect(
      totalCost([
        { count: 1, price: 1 },
        { count: 2, price: 1000 },
        { count: 3, price: 0.7 },
      ]),
    ).toBeCloseTo(2003.1, 10);
  });

  it("finds what trying every size by hand finds, cheapest first", () => {
    const found = purchases(load, slo, { zones: 2 }, prices, [], 0);
    const byHand = prices.podCores.flatMap((podCores) =>
      prices.nodes.map((node) => {
        const web = planWeb(load, slo, { zones: 2, podCores });
        const nodes = nodesNeeded(
          [{ name: "web", replicas: web.maxReplicas, cpu: parseInt(web.requests.cpu, 10) / 1000, memoryGiB: 0.25 }],
          node,
          2,
        )!;
        return nodes * node.pricePerMonth;
      }),
    );
    expect(found[0]!.pricePerMonth).toBe(Math.min(...byHand));
    expect(found.map((p) => p.pricePerMonth)).toEqual(byHand.sort((a, b) => a - b));
  });

  it("packs with a machine to spare, three at least, and knows when a pod fits nowhere", () => {
    const node = { name: "n", cpu: 2.2, memoryGiB: 4.8, pricePerMonth: 1 };
    expect(nodesNeeded([{ name: "a", replicas: 7, cpu: 1, memoryGiB: 1 }], node, 2)).toBe(5);
    expect(nodesNeeded([{ name: "a", replicas: 1, cpu: 1, memoryGiB: 1 }], node, 2)).toBe(3);
    expect(nodesNeeded([{ name: "a", replicas: 1, cpu: 3, memoryGiB: 1 }], node, 2)).toBeUndefined();
  });
});
