import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { ENVIRONMENTS } from "./config/keys";
import { parseSettings, PROJECT } from "./config/parse";
import { registeredBy, type RegisteredResource } from "./graph/registered";
import { declareStack } from "./stack";

const files = new Map<string, Record<string, any>>();

/** The `config` of a project's or stack's file, read once. */
function configOf(file: string): Record<string, any> {
  const known = files.get(file);
  if (known) return known;
  const { config = {} } = parse(readFileSync(join(__dirname, file), "utf8")) as { config?: Record<string, any> };
  files.set(file, config);
  return config;
}

/**
 * A configuration as the engine hands it to the program, as text: the defaults of `Pulumi.yaml`, overridden by the
 * stack file, overridden by `overrides`.
 */
export function stackConfig(env: string, overrides: Record<string, unknown> = {}): Record<string, string> {
  const defaults = Object.fromEntries(
    Object.entries(configOf("Pulumi.yaml")).map(([key, { default: value }]) => [`${PROJECT}:${key}`, value]),
  );
  const own = Object.fromEntries(
    Object.entries(overrides).map(([key, value]) => [key.includes(":") ? key : `${PROJECT}:${key}`, value]),
  );
  const merged = { ...defaults, ...configOf(`Pulumi.${env}.yaml`), ...own };
  return Object.fromEntries(
    Object.entries(merged).map(([key, value]) => [
      key,
      typeof value === "object" ? JSON.stringify(value) : String(value),
    ]),
  );
}

/**
 * Runs the real program of an environment under Pulumi's mocks: no engine, no plugin, no cluster.
 *
 * @param env name of the stack file: dev, staging or prod
 * @param overrides configuration keys to set beside the stack file's
 * @returns what it registered, in order
 * @throws what the program throws, a refused configuration for instance
 */
export async function programGraph(
  env: string,
  overrides: Record<string, unknown> = {},
): Promise<RegisteredResource[]> {
  const settings = parseSettings(stackConfig(env, overrides));
  return registeredBy(() => declareStack(settings), env);
}

/** What the program declares in one environment, and the cluster that its stack file describes. */
export interface Declared {
  environment: string;
  graph: RegisteredResource[];
  cluster: { nodes: number; nodeCpu: string; nodeMemory: string };
}

/** The program's graph in every environment, dev first. */
export async function declared(): Promise<[Declared, ...Declared[]]> {
  const one = async (environment: string): Promise<Declared> => ({
    environment,
    graph: await programGraph(environment),
    cluster: parseSettings(stackConfig(environment)).cluster,
  });
  const [first, ...others] = ENVIRONMENTS;
  const all: [Declared, ...Declared[]] = [await one(first)];
  // One after the other, because Pulumi's mocks are global to the process.
  for (const environment of others) all.push(await one(environment));
  return all;
}
