import { ConfigError } from "../../config/errors";
import { parseSettings } from "../../config/parse";
import { evaluate } from "../../policy/engine/evaluate";
import { RULES } from "../../commands/policy/rules";
import { programGraph, stackConfig } from "../../stack-graph";

/** Registries of other projects' images. */
const REGISTRIES = ["docker.io", "quay.io", "registry.k8s.io", "ghcr.io"];

/**
 * What configuration and policies find in a stack, without an engine: `key <name>` for each key that the configuration
 * refuses, else `<level> <id>: <resource>: <message>` for each finding, with undecided ones. Empty where there is none.
 *
 * @param environment whose stack file is meant
 * @param overrides keys set beside that file's
 */
export async function verdict(environment: string, overrides: Record<string, string>): Promise<string[]> {
  try {
    const {
      environment: purpose,
      registry,
      cluster: { nodes, zones },
    } = parseSettings(stackConfig(environment, overrides));
    const graph = await programGraph(environment, overrides);
    const config = {
      "spread-over-zones": { zones },
      "peak-survives-zone": { zones },
      "replicas-can-be-placed": { nodes },
      "peak-fits-quota": { nodes },
      "image-registry-allowed": { registries: [...REGISTRIES, registry.split("/")[0]] },
    };
    return evaluate(RULES, graph, { environment: purpose, config }).map(
      ({ rule, level, outcome, resource, message }) =>
        `${level} ${rule.id}: ${resource.name}: ${outcome === "violation" ? message : `${outcome}, ${message}`}`,
    );
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems.map(({ key }) => `key ${key}`);
  }
}
