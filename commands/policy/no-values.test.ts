import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { balancerExamples } from "../../test/policies/components/load-balancer";
import { postgresExamples } from "../../test/policies/components/postgres";
import { redisExamples } from "../../test/policies/components/redis";
import { programGraph } from "../../stack-graph";
import { evaluate } from "../../policy/engine/evaluate";
import type { Resource } from "../../policy/graph/resource";
import { accessExamples } from "../../test/policies/examples/access";
import { availabilityExamples } from "../../test/policies/examples/availability";
import { networkExamples } from "../../test/policies/examples/network";
import { podExamples } from "../../test/policies/examples/pods";
import { programExamples } from "../../test/policies/examples/programs";
import { RULES } from "./rules";

const SECRET = "hunter2-correct-horse";

/** Every string in a value, wherever it is, with the secret put before, after or in place of it. */
function spiked(value: unknown, spike: (text: string) => string): unknown {
  if (typeof value === "string") return spike(value);
  if (Array.isArray(value)) return value.map((item) => spiked(item, spike));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, spiked(item, spike)]));
}

function messages(resources: Resource[], spike: (text: string) => string): string[] {
  const dirty = resources.map((resource) => ({
    ...resource,
    props: spiked(resource.props, spike) as Record<string, unknown>,
  }));
  return evaluate(RULES, dirty, {
    environment: "prod",
    config: { "spread-over-zones": { zones: 2 }, "image-registry-allowed": { registries: ["docker.io"] } },
  }).map(({ message }) => message);
}

const examples = [
  podExamples,
  accessExamples,
  networkExamples,
  availabilityExamples,
  programExamples,
  postgresExamples,
  redisExamples,
  balancerExamples,
]
  .flatMap((group) => Object.values(group))
  .flatMap(({ bad, good }) => [...bad, ...good].map((graph) => [graph].flat()));

const SPIKES: [string, (text: string) => string][] = [
  ["instead of", () => SECRET],
  ["before", (text) => `${SECRET} ${text}`],
  ["after", (text) => `${text} ${SECRET}`],
  ["on a line of its own after", (text) => `${text}\n${SECRET}\n`],
];

describe("no message holds a property's value", () => {
  test.each(SPIKES)("with a secret %s every string of the examples", (_where, spike) => {
    const said = examples.flatMap((resources) => messages(resources, spike));
    expect(said.length).toBeGreaterThan(1000);
    expect(said.filter((message) => message.includes(SECRET))).toEqual([]);
  });

  test.each(SPIKES)(
    "with a secret %s every string, and one string at a time, of the real program's graph",
    async (_where, spike) => {
      const graph: Resource[] = await programGraph("dev");
      expect(messages(graph, spike).filter((message) => message.includes(SECRET))).toEqual([]);
      let strings = 0;
      spiked(
        graph.map(({ props }) => props),
        (text) => {
          strings++;
          return text;
        },
      );
      fc.assert(
        fc.property(fc.integer({ min: 0, max: strings - 1 }), (position) => {
          let at = 0;
          const said = messages(graph, (text) => (at++ === position ? spike(text) : text));
          expect(said.filter((message) => message.includes(SECRET))).toEqual([]);
        }),
        { numRuns: 5, seed: 7 },
      );
    },
  );
});
