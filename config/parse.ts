import { contradictions, workloadContradictions } from "./contradictions";
import { ConfigError, refused, unknownKey, type Problem } from "./errors";
import { KEYS, type KeyName, type Values } from "./keys";
import { WORKLOAD_KEYS, workloadOf } from "./profiles";
import { settingsOf, type Settings } from "./settings";
import { SIZE_KEYS, sizesOf, type Unsized } from "./sizes";

/** The Pulumi project whose keys are read. */
export const PROJECT = "holdfast";

const names = Object.keys(KEYS) as KeyName[];

function isEmpty(name: KeyName, value: string | undefined): boolean {
  return value === undefined || value === "" || (KEYS[name].byProfile && value === "0");
}

/** The project's own keys without their prefix. Keys of providers (`kubernetes:…`) are ignored. */
function ownKeys(raw: Record<string, string>): Map<string, string> {
  const prefix = `${PROJECT}:`;
  return new Map(
    Object.entries(raw)
      .filter(([key]) => key.startsWith(prefix))
      .map(([key, value]) => [key.slice(prefix.length), value]),
  );
}

/**
 * The value of every key: from the stack file, else the default, the profile's value, or what the planner derives.
 *
 * @param raw keys with their namespace and values as text, as `pulumi.runtime.allConfig()` returns them
 * @throws ConfigError with every problem found, not only the first
 */
export function valuesOf(raw: Record<string, string>): Values {
  const given = ownKeys(raw);
  const problems: Problem[] = [...given.keys()].filter((name) => !Object.hasOwn(KEYS, name)).map(unknownKey);
  const read = (name: KeyName): unknown => {
    const value = given.get(name);
    const text = isEmpty(name, value) ? KEYS[name].default : (value ?? "");
    const result = KEYS[name].schema.safeParse(text);
    if (result.success) return result.data;
    problems.push(refused(name, text));
    return undefined;
  };
  const left = (name: KeyName): boolean => KEYS[name].byProfile && isEmpty(name, given.get(name));
  const said = Object.fromEntries(
    names.filter((name) => !left(name)).map((name) => [name, read(name)]),
  ) as Partial<Values> & Pick<Values, "profile">;
  if (problems.length > 0) throw new ConfigError(problems);

  const unsized = { ...said, ...workloadOf(said.profile, only(WORKLOAD_KEYS, said)) } as Unsized;
  problems.push(...workloadContradictions(unsized));
  if (problems.length > 0) throw new ConfigError(problems);

  const values: Values = { ...unsized, ...sizesOf(unsized, only(SIZE_KEYS, said)) };
  problems.push(...contradictions(values));
  if (problems.length > 0) throw new ConfigError(problems);
  return values;
}

/** The values of some keys, without those that are undefined. */
function only<K extends KeyName>(keys: readonly K[], values: Partial<Values>): Partial<Pick<Values, K>> {
  return Object.fromEntries(
    keys.filter((key) => values[key] !== undefined).map((key) => [key, values[key]]),
  ) as Partial<Pick<Values, K>>;
}

/**
 * Reads the configuration of a stack, once, into one typed value.
 *
 * @throws ConfigError, as `valuesOf` does
 */
export const parseSettings = (raw: Record<string, string>): Settings => settingsOf(valuesOf(raw));
