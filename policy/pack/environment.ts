import { ENVIRONMENTS, type Environment } from "../engine/rule";

/** What the engine tells a pack about the stack it looks at. */
export interface StackFacts {
  environment: Environment;
  /** Settings that a stack's own configuration decides, by name: `zones`, `nodes`. */
  settings: Record<string, number>;
}

/** Configuration keys of a stack that are also settings of rules. */
const SHARED_KEYS = ["zones", "nodes"] as const;

function configuration(json: string | undefined): Record<string, unknown> {
  try {
    return JSON.parse(json ?? "{}") as Record<string, unknown>;
  } catch {
    return {};
  }
}

/**
 * Reads the facts from the variables that the engine starts a pack with. The environment is the stack's configuration
 * value `environment`, else its name if that is one; any other stack is held to what production is held to.
 */
export function environmentOf(variables: Record<string, string | undefined>): StackFacts {
  const project = variables.PULUMI_PROJECT ?? variables.PULUMI_NODEJS_PROJECT ?? "";
  const config = configuration(variables.PULUMI_CONFIG);
  const own = (key: string): unknown => config[`${project}:${key}`];
  const stack = (variables.PULUMI_STACK ?? variables.PULUMI_NODEJS_STACK ?? "").split("/").at(-1);
  const environment = ENVIRONMENTS.find((candidate) => candidate === (own("environment") ?? stack)) ?? "prod";
  const settings = SHARED_KEYS.flatMap((key) => (Number(own(key)) > 0 ? [[key, Number(own(key))] as const] : []));
  return { environment, settings: Object.fromEntries(settings) };
}
