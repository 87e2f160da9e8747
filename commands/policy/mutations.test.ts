import { beforeAll, describe, expect, test } from "vitest";
import { balancerMutations } from "../../test/policies/components/load-balancer";
import { postgresMutations } from "../../test/policies/components/postgres";
import { redisMutations } from "../../test/policies/components/redis";
import { PROFILES } from "../../config/keys";
import { parseSettings } from "../../config/parse";
import { programGraph, stackConfig } from "../../stack-graph";
import { evaluate, type EvaluationOptions, type Finding } from "../../policy/engine/evaluate";
import { ENVIRONMENTS } from "../../policy/engine/rule";
import type { Resource } from "../../policy/graph/resource";
import { Mutant, MUTATIONS as GENERAL } from "../../test/policies/mutations";
import { RULES } from "./rules";

const MUTATIONS = { ...GENERAL, ...postgresMutations, ...redisMutations, ...balancerMutations };

type Environment = (typeof ENVIRONMENTS)[number];

/** What the pack takes from each stack's own configuration, and the registries that its images come from. */
const CONFIG = Object.fromEntries(
  ENVIRONMENTS.map((environment): [Environment, EvaluationOptions["config"]] => {
    const { nodes, zones } = parseSettings(stackConfig(environment)).cluster;
    return [
      environment,
      {
        "spread-over-zones": { zones },
        "peak-survives-zone": { zones },
        "replicas-can-be-placed": { nodes },
        "peak-fits-quota": { nodes },
        "image-registry-allowed": {
          registries: ["docker.io", "quay.io", "registry.k8s.io", "ghcr.io", "localhost:5001"],
        },
      },
    ];
  }),
) as Record<Environment, EvaluationOptions["config"]>;

function findings(resources: Resource[], rules = RULES, environment: Environment = "prod"): Finding[] {
  return evaluate(rules, resources, { environment, config: CONFIG[environment] });
}

const told = ({ rule, level, resource, message }: Finding): string =>
  `${level} ${rule.id}: ${resource.type} ${resource.name}: ${message}`;

describe("our own stack", () => {
  test.each(ENVIRONMENTS.flatMap((environment) => PROFILES.map((profile) => [environment, profile] as const)))(
    "%s with profile %s breaks no rule and leaves none undecided",
    async (environment, profile) => {
      const graph = await programGraph(environment, { profile });
      expect(findings(graph, RULES, environment).map(told)).toEqual([]);
    },
  );
});

describe("a mutated copy of our own stack is caught", () => {
  let graph: Resource[] = [];
  let before: Finding[] = [];
  const caught: string[] = [];
  beforeAll(async () => {
    graph = await programGraph("prod");
    before = findings(graph);
  });

  test("every rule has a mutation", () => {
    expect(Object.keys(MUTATIONS).sort()).toEqual(RULES.map(({ id }) => id).sort());
  });

  test.each(RULES.map((rule) => [rule.id, rule] as const))("by %s", (id, rule) => {
    const mutant = new Mutant(graph);
    MUTATIONS[id]!(mutant);
    const outcomes = findings(mutant.resources, [rule]).map(({ outcome }) => outcome);
    expect(outcomes).toContain("violation");
    expect(before.filter((found) => found.rule.id === id).map(told), "before the mutation").toEqual([]);
    caught.push(id);
  });

  test("all of them", () => {
    console.log(`mutations: ${RULES.length} rules, ${caught.length} caught`);
    expect(caught.length).toBe(RULES.length);
  });
});
