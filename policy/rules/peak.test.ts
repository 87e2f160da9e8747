import { expect, test } from "vitest";
import { parseSettings } from "../../config/parse";
import { programGraph, stackConfig } from "../../stack-graph";
import { evaluate } from "../engine/evaluate";
import { ENVIRONMENTS } from "../engine/rule";
import { peakRules } from "./peak";

/** What the rule finds in the real program under a configuration. */
async function found(environment: (typeof ENVIRONMENTS)[number], overrides: Record<string, unknown>) {
  const { zones } = parseSettings(stackConfig(environment, overrides)).cluster;
  return evaluate(peakRules, await programGraph(environment, overrides), {
    environment,
    config: { "peak-survives-zone": { zones } },
  });
}

test.each(ENVIRONMENTS)(
  "%s: a maximum that is set too small for the declared load stops the preview, and by how much is said",
  async (environment) => {
    const [finding, ...rest] = await found(environment, { loadRate: 700, webMaxReplicas: 12 });
    expect(rest).toEqual([]);
    expect(finding).toMatchObject({ outcome: "violation", level: "mandatory", resource: { name: "web-app" } });
    expect(finding!.message).toMatch(
      /^spec\.maxReplicas is too small: With the fullest of [23] zones lost, [68] of 12 pods are left and carry \d+\/s within p99 ≤ 250 ms: \d+\/s short of the peak of 2100\/s\. Set the maximum to at least \d+ replicas$/,
    );
    const asked = Number(/at least (\d+) replicas/.exec(finding!.message)![1]);
    expect(
      parseSettings(stackConfig(environment, { loadRate: 700 })).web.maxReplicas,
      "what the configuration plans",
    ).toBe(asked);
    expect(await found(environment, { loadRate: 700 })).toEqual([]);
  },
);
