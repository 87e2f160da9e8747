import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ConfigError } from "./errors";
import { LOAD_PROFILES } from "../planner/profiles";
import { stackSizes } from "../planner/plan/sizes";
import { KEYS, PROFILES, type KeyName } from "./keys";
import { parseSettings, valuesOf } from "./parse";

const holdfast = (values: Record<string, string>) =>
  Object.fromEntries(Object.entries(values).map(([key, value]) => [`holdfast:${key}`, value]));
const parse = (values: Record<string, string> = {}) => parseSettings(holdfast(values));
const problems = (values: Record<string, string>) => {
  try {
    parse(values);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
};
const digest = `ghcr.io/acme/web-app@sha256:${"0".repeat(64)}`;

test("nothing configured gives the article's web tier", () => {
  const { web, namespace, url } = parse();
  expect(web.minReplicas).toBe(3);
  expect(web.resources).toEqual({
    requests: { cpu: "500m", memory: "256Mi" },
    limits: { cpu: "1000m", memory: "512Mi" },
  });
  expect({ namespace, url }).toEqual({ namespace: "online-shop", url: "http://127.0.0.1:8080" });
});

describe("profiles", () => {
  test.each(PROFILES)(
    "%s: the keys that are left alone are the planner's profile and its sizes, nothing else",
    (profile) => {
      const { load, slo, choices } = LOAD_PROFILES[profile];
      const { web, loadBalancer, postgres, cacheTtlSeconds } = parse({ profile });
      expect({ load: web.load, slo: web.slo }).toEqual({ load, slo });
      expect({ algorithm: loadBalancer.algorithm, durability: postgres.durability, workMem: postgres.workMem }).toEqual(
        choices,
      );
      expect(cacheTtlSeconds).toBe(load.cache.ttlSeconds);
      expect(valuesOf(holdfast({ profile }))).toMatchObject(
        stackSizes(load, slo, { zones: 2, algorithm: choices.algorithm, requestCores: 0.5 }),
      );
    },
  );

  test("a load that is declared is planned for: more of it takes more pods and connections", () => {
    const more = parse({ loadRate: "700" });
    expect(more.web.load).toMatchObject({ rate: 700, peakRate: 2100, serviceTimeMs: 20, cpuTimeMs: 8 });
    expect(more.web.maxReplicas).toBeGreaterThan(3 * parse().web.maxReplicas);
    expect(parse({ loadRate: "7000", slo: "p99=1000ms" }).postgres.maxConnections).toBeGreaterThan(
      parse().postgres.maxConnections,
    );
    expect(parse({ slo: "p99=90ms" }).web.targetCpuPercent).toBeLessThan(parse().web.targetCpuPercent);
    expect(parse({ loadServiceMs: "40" }).web.load.cpuTimeMs).toBe(16);
  });

  test("a size that is set stays as it is, and the others follow it", () => {
    const { web, postgres } = parse({
      loadRate: "700",
      webMaxReplicas: "7",
      webMinReplicas: "4",
      postgresPoolSize: "50",
    });
    expect(web).toMatchObject({ minReplicas: 4, maxReplicas: 7 });
    expect(postgres).toMatchObject({ poolSize: 50, maxConnections: 216 });
  });

  test("a key that is set wins over the profile, also when it is set to another profile's value", () => {
    expect(parse({ profile: "social", webMaxReplicas: "6" }).web.maxReplicas).toBe(6);
  });

  test("the empty default of Pulumi.yaml leaves a key to the profile", () => {
    expect(parse({ profile: "trading", webTargetCpu: "0", loadBalancerAlgorithm: "", slo: "" })).toEqual(
      parse({ profile: "trading" }),
    );
  });
});

describe("refusals", () => {
  test("a wrong value: key, value, what is allowed, what to type", () => {
    expect(() => parse({ webMaxReplicas: "many" })).toThrow(
      'webMaxReplicas is "many", but must be a whole number from 1 to 500.\n    Type: pulumi config set ' +
        "webMaxReplicas 1",
    );
  });

  test("an unknown key names the nearest one", () => {
    expect(problems({ webMaxReplica: "6" })).toMatchObject([
      { key: "webMaxReplica", allowed: expect.stringContaining("webMaxReplicas") },
    ]);
  });

  test("every problem is told, not only the first", () => {
    expect(
      problems({ nodes: "x", zones: "-1", colour: "red" })
        .map(({ key }) => key)
        .sort(),
    ).toEqual(["colour", "nodes", "zones"]);
  });

  test("a webhook's address may hold a token and is never repeated", () => {
    expect(() => parse({ alertWebhook: "hunter2" })).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining("hunter2") }),
    );
  });

  test.each(["http://relay.hunter2.svc/x", "https://hunter2", "https://:1", "http://hooks.example.com:0/hunter2"])(
    "a webhook that no network policy can let through: %s",
    (alertWebhook) => {
      expect(problems({ alertWebhook }).map(({ key }) => key)).toEqual(["alertWebhook"]);
      expect(() => parse({ alertWebhook })).toThrow(
        expect.objectContaining({ message: expect.not.stringContaining("hunter2") }),
      );
    },
  );

  test.each([
    ["webMaxReplicas", { webMinReplicas: "5", webMaxReplicas: "4" }],
    ["webCpuLimit", { webCpuRequest: "2", webCpuLimit: "1500m" }],
    ["webMemoryLimit", { webMemoryRequest: "1Gi", webMemoryLimit: "512Mi" }],
    ["zones", { nodes: "2", zones: "3" }],
    ["loadPeakRate", { loadRate: "50", loadPeakRate: "40" }],
    ["loadCpuMs", { loadServiceMs: "10", loadCpuMs: "11" }],
    ["loadPeakRate", { loadRate: "100000", loadServiceMs: "1000" }],
    ["slo", { slo: "p99=20ms" }],
    ["slo", { slo: "p99=30ms" }],
    ["webCpuLimit", { webCpuRequest: "50m", webCpuLimit: "100m" }],
    ["webTargetCpu", { webCpuRequest: "8", webCpuLimit: "8" }],
    ["postgresPoolSize", { postgresPoolSize: "50", postgresMaxConnections: "200" }],
    ["webAppImage", { environment: "prod", postgresImage: digest }],
    ["postgresImage", { environment: "staging", webAppImage: digest }],
  ])("%s contradicts another key", (key, values) => {
    expect(problems(values).map((problem) => problem.key)).toContain(key);
  });

  test("an image by tag only", () => {
    expect(problems({ webAppImage: "web-app:latest" }).map(({ key }) => key)).toEqual(["webAppImage"]);
  });

  test("keys of providers are not ours to judge", () => {
    expect(parseSettings({ "kubernetes:context": "x", "pulumi:tags": "{}" }).profile).toBe("online-shop");
  });
});

test("any text under any key is either accepted or refused with a sentence that names the key", () => {
  const names = Object.keys(KEYS) as KeyName[];
  const value = fc.oneof(
    fc.string(),
    fc.integer().map(String),
    fc.constantFrom("", "0", "3", "1Gi", "250m", "source", "null", "{}", "[]"),
  );
  fc.assert(
    fc.property(
      fc.dictionary(fc.oneof(fc.constantFrom(...names), fc.string({ minLength: 1 })), value, { maxKeys: 6 }),
      (values) => {
        const refused = problems(values);
        for (const { key, allowed, type } of refused) {
          expect(allowed).not.toBe("");
          expect(type).toContain("pulumi config");
          expect(Object.hasOwn(KEYS, key) || Object.hasOwn(values, key)).toBe(true);
        }
        if (refused.length === 0)
          expect(parse(values).web.minReplicas).toBeLessThanOrEqual(parse(values).web.maxReplicas);
      },
    ),
    { numRuns: 500 },
  );
});
