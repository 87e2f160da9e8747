import { describe, expect, test } from "vitest";
import { ENVIRONMENTS, PROFILES } from "../config/keys";
import { parseSettings } from "../config/parse";
import { capacity, shortage } from "../graph/placement";
import { programGraph, stackConfig } from "../stack-graph";

describe.each(ENVIRONMENTS)("%s", (environment) => {
  test.each(PROFILES)(
    "%s: every pod has a place, at the autoscaler's maximum and with a node lost during a rollout",
    async (profile) => {
      const { cluster } = parseSettings(stackConfig(environment, { profile }));
      const { whole, oneNodeLost } = capacity(await programGraph(environment, { profile }), cluster);
      expect(shortage(whole)).toBeUndefined();
      expect(shortage(oneNodeLost)).toBeUndefined();
      expect(whole.needed.cpu).toBeGreaterThan(1);
    },
  );
});
