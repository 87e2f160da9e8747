import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { stackAvailability } from "./availability/stack";
import { resolveLoad } from "./plan/load";
import { capacityWithZoneLost } from "./plan/zone-capacity";
import { LOAD_PROFILES, type ProfileName } from "./profiles";
import { stackSizes } from "./plan/sizes";

const PAGE = readFileSync(join(__dirname, "..", "docs", "profiles.md"), "utf8").split("\n");
const NAMES = Object.keys(LOAD_PROFILES) as ProfileName[];

/** Sizes of a profile where a web pod requests the article's 500m. */
function profileSizes(name: ProfileName, zones: number) {
  const { load, slo, choices } = LOAD_PROFILES[name];
  return stackSizes(load, slo, { zones, algorithm: choices.algorithm, requestCores: 0.5 });
}

describe.each(NAMES)("profile %s", (name) => {
  const { load, slo, choices } = LOAD_PROFILES[name];
  const page = PAGE.filter((line) => line.startsWith(`| [${name}](#${name}) |`)).join("\n");

  it.each([2, 3])("carries its peak in %i zones with one of them lost", (zones) => {
    const sizes = profileSizes(name, zones);
    expect(
      capacityWithZoneLost(load, slo, { zones, algorithm: choices.algorithm }, sizes.webMaxReplicas),
    ).toMatchObject({ carries: true });
    expect(sizes.webMinReplicas).toBeGreaterThanOrEqual(3);
    expect(sizes.webTargetCpu).toBeLessThanOrEqual(95);
    expect(4 * sizes.postgresPoolSize).toBeLessThan(sizes.postgresMaxConnections);
  });

  it("is on its page with its load, its promise and its sizes", () => {
    const { peakRate } = resolveLoad(load);
    expect(page).toContain(`${load.rate}/s, at the peak ${peakRate}/s`);
    expect(page).toContain(`p${slo.percentile} ≤ ${slo.latencyMs} ms`);
    for (const zones of [2, 3]) {
      const { webMinReplicas, webMaxReplicas, webTargetCpu, postgresPoolSize, redisMaxMemory } = profileSizes(
        name,
        zones,
      );
      expect(page).toContain(
        `| ${zones} | ${webMinReplicas} to ${webMaxReplicas} | ${webTargetCpu} % | ${postgresPoolSize} | ` +
          `${redisMaxMemory} MiB |`,
      );
    }
  });
});

it("says which profile needs three zones for its promised availability", () => {
  const kept = (name: ProfileName, zones: number): boolean => {
    const { slo, choices } = LOAD_PROFILES[name];
    const { webMaxReplicas } = profileSizes(name, zones);
    const { availability } = stackAvailability({
      zones,
      balancers: 2,
      web: { replicas: webMaxReplicas, needed: 3 },
      database: { replicas: 3, needed: choices.durability === "required" ? 2 : 1 },
    });
    return availability * 100 >= slo.availability!;
  };
  expect(NAMES.filter((name) => !kept(name, 2))).toEqual(["trading"]);
  expect(NAMES.filter((name) => !kept(name, 3))).toEqual([]);
});
