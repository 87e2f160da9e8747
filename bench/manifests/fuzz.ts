import { stringify } from "yaml";
import { randomFrom } from "../../planner/simulation/random";
import { RULES } from "../../commands/policy/rules";
import { evaluate, type Outcome } from "../../policy/engine/evaluate";
import { typeToken } from "../../policy/graph/object";
import type { Resource } from "../../policy/graph/resource";
import { readManifests } from "../../policy/manifests/read";
import { ObjectMaker } from "./objects";

/** What came of judging made-up objects. */
export interface FuzzResult {
  objects: number;
  /** Findings by how they ended. A fault is a defect of the checker. */
  outcomes: Record<Outcome, number>;
  /** Each fault once, and what a reader made no object of. */
  faults: string[];
  unread: string[];
}

/** Objects that are judged together: enough that some speak of each other. */
const TOGETHER = 10;

type Way = "YAML" | "JSON" | "engine";

/** Settings without which some rules say nothing. */
const CONFIG = {
  "spread-over-zones": { zones: 3 },
  "replicas-can-be-placed": { nodes: 3 },
  "image-registry-allowed": { registries: ["docker.io"] },
};

/** Objects as rules see them: read from text as kubectl does, or as the engine hands them over in a preview. */
function resourcesOf(objects: Record<string, unknown>[], way: Way, unread: Set<string>): Resource[] {
  if (way === "engine")
    return objects.map((props, index) => ({
      type: typeToken(String(props.apiVersion), String(props.kind)),
      name: `object-${index}`,
      urn: `urn:${index}`,
      props,
    }));
  const text =
    way === "JSON"
      ? JSON.stringify({ apiVersion: "v1", kind: "List", items: objects })
      : objects.map((object) => stringify(object, { version: "1.1" })).join("---\n");
  const manifests = readManifests(text, "made-up.yaml");
  for (const { why } of manifests.unread) unread.add(why);
  return manifests.resources;
}

/**
 * Judges made-up objects by every rule, a third each as YAML, as JSON and as a preview hands them over.
 *
 * @param count of objects
 * @param seed the same one gives the same objects
 */
export function fuzz(count: number, seed: number): FuzzResult {
  const random = randomFrom(seed);
  const outcomes: FuzzResult["outcomes"] = { violation: 0, undecided: 0, exempted: 0, fault: 0 };
  const faults = new Set<string>();
  const unread = new Set<string>();
  let objects = 0;
  for (let graph = 0; objects < count; graph++) {
    const way = (["YAML", "JSON", "engine"] as const)[graph % 3]!;
    const maker = new ObjectMaker(random, { unknowns: way === "engine" });
    const made = Array.from({ length: Math.min(TOGETHER, count - objects) }, () => maker.object());
    objects += made.length;
    try {
      for (const { outcome, rule, message } of evaluate(RULES, resourcesOf(made, way, unread), {
        environment: "prod",
        config: CONFIG,
      })) {
        outcomes[outcome]++;
        if (outcome === "fault") faults.add(`${rule.id} ${message}`);
      }
    } catch (error) {
      outcomes.fault++;
      faults.add(`${way}: ${(error as Error).stack}`);
    }
  }
  return { objects, outcomes, faults: [...faults], unread: [...unread] };
}
