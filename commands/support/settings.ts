import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { nodeNamespace } from "../../components/monitoring/names";
import { ConfigError } from "../../config/errors";
import { parseSettings, PROJECT } from "../../config/parse";
import type { Settings } from "../../config/settings";
import { Refusal } from "../../config/refusal";
import { repository } from "../../local/paths";
import { rememberedTarget } from "../target/target";

/** A value of a stack file as text, as the engine hands it to the program. Encrypted values read as empty. */
function text(value: unknown): string {
  if (typeof value === "object" && value !== null) return "secure" in value ? "" : JSON.stringify(value);
  return String(value);
}

/**
 * The configuration of an environment, read as the program reads it, so that a mistake is found before anything starts.
 *
 * @param over values by key that override the stack file's;
 * @default what follows from the cluster named with `--context`
 * @throws Refusal with what is wrong and what to type
 */
export function loadSettings(
  environment: string,
  over: Record<string, string> = rememberedTarget(environment)?.config ?? {},
): Settings {
  const file = join(repository, `Pulumi.${environment}.yaml`);
  if (!existsSync(file))
    throw new Refusal(`There is no Pulumi.${environment}.yaml; make one, or choose another environment with --env.`);
  const stack = (parse(readFileSync(file, "utf8")) ?? {}) as { config?: Record<string, unknown> };
  const named = Object.fromEntries(Object.entries(over).map(([key, value]) => [`${PROJECT}:${key}`, value]));
  try {
    return parseSettings(
      Object.fromEntries(Object.entries({ ...stack.config, ...named }).map(([key, value]) => [key, text(value)])),
    );
  } catch (error) {
    // Compared by name, because CommonJS modules get another class of this name.
    if (error instanceof Error && error.name === ConfigError.name)
      throw new Refusal(`Pulumi.${environment}.yaml: ${error.message}`);
    throw error;
  }
}

/** Namespaces of the stack: its own, and that of node-exporter, which has to see the host. */
export const namespacesOf = (settings: Settings): string[] => [settings.namespace, nodeNamespace(settings.namespace)];
