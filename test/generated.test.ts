import fc from "fast-check";
import { expect, test } from "vitest";
import { ConfigError } from "../config/errors";
import { ENVIRONMENTS, KEYS, PROFILES, type KeyName } from "../config/keys";
import { parseSettings } from "../config/parse";
import { programGraph, stackConfig } from "../stack-graph";

/** Accepted configurations whose whole graph is built; `GENERATED_GRAPHS=10000` takes 40 minutes on a busy machine. */
const GRAPHS = Number(process.env["GENERATED_GRAPHS"] ?? 15);

const digest = (repository: string) => `${repository}@sha256:${"c".repeat(64)}`;

/** Values of a key, most of them right. */
function valuesOf(name: KeyName): fc.Arbitrary<string> {
  const { type, default: initial, example, allowed } = KEYS[name];
  const words = allowed.startsWith("one of ") ? allowed.slice("one of ".length).split(", ") : [];
  const [, min, max] = /from (\d+) to (\d+)/.exec(allowed) ?? [];
  const right =
    type === "integer"
      ? fc.integer({ min: Number(min), max: Math.min(Number(max), 5 * Number(min) + 20) }).map(String)
      : fc.constantFrom(initial, example, ...words);
  const scaled = /(Cpu|CpuRequest|CpuLimit)$/.test(name)
    ? fc.integer({ min: 1, max: 4000 }).map((cpu) => `${cpu}m`)
    : /(Memory|MemoryRequest|MemoryLimit|Storage)$/.test(name)
      ? fc.integer({ min: 64, max: 4096 }).map((size) => `${size}Mi`)
      : right;
  return fc.oneof(
    { weight: 12, arbitrary: right },
    { weight: 12, arbitrary: scaled },
    { weight: 1, arbitrary: fc.string() },
  );
}

const names = (Object.keys(KEYS) as KeyName[]).filter((name) => name !== "environment");
const configuration = fc.record({
  environment: fc.constantFrom(...ENVIRONMENTS),
  values: fc
    .record(
      {
        ...Object.fromEntries(names.map((name) => [name, valuesOf(name)])),
        profile: fc.constantFrom(...PROFILES),
        webAppImage: fc.constant(digest("ghcr.io/a/web")),
        postgresImage: fc.constant(digest("ghcr.io/a/db")),
      },
      { requiredKeys: [] },
    )
    .chain((all) =>
      fc
        .subarray(Object.entries(all), { maxLength: 8 })
        .map((some) => Object.fromEntries(some) as Record<string, string>),
    ),
});

/** Whether a configuration is accepted; one that is refused has to say why, by key. */
function accepted(environment: string, values: Record<string, string>): boolean {
  try {
    parseSettings(stackConfig(environment, values));
    return true;
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    for (const { key } of (error as ConfigError).problems) expect((error as Error).message).toContain(key);
    return false;
  }
}

test("of 10,000 configurations each is refused by key, or accepted and the program builds its graph", async () => {
  const samples = fc.sample(configuration, { numRuns: 10_000, seed: 20_251_125 });
  const good = samples.filter(({ environment, values }) => accepted(environment, values));
  expect(good.length).toBeGreaterThan(2_000);
  expect(good.length).toBeLessThan(9_900);
  for (const { environment, values } of good.slice(0, GRAPHS)) {
    const graph = await programGraph(environment, values).catch((error: Error) => {
      throw new Error(`${environment} ${JSON.stringify(values)}: ${error.message}`);
    });
    expect(graph.length).toBeGreaterThan(50);
  }
}, 6_000_000);
