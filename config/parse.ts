import { contradictions } from "./contradictions";
import { ConfigError, refused, unknownKey, type Problem } from "./errors";
import { KEYS, type KeyName, type Values } from "./keys";
import { PRESETS } from "./profiles";
import { settingsOf, type Settings } from "./settings";

/** The Pulumi project whose keys are read. */
export const PROJECT = "holdfast";

const names = Object.keys(KEYS) as KeyName[];

function isEmpty(name: KeyName, value: string | undefined): boolean {
  return value === undefined || value === "" || (KEYS[name].byProfile && value === "0");
}

/** The project's own keys without their namespace; what belongs to a provider (`kubernetes:…`) is not ours to judge. */
function ownKeys(raw: Record<string, string>): Map<string, string> {
  const prefix = `${PROJECT}:`;
  return new Map(Object.entries(raw).filter(([key]) => key.startsWith(prefix)).map(([key, value]) => [key.slice(prefix.length), value]));
}

/**
 * Reads the configuration of a stack, once, into one typed value.
 *
 * @param raw keys with their namespace and values as text, as `pulumi.runtime.allConfig()` returns them
 * @throws ConfigError with every problem found, not only the first
 */
export function parseSettings(raw: Record<string, string>): Settings {
  const given = ownKeys(raw);
  const problems: Problem[] = [...given.keys()].filter((name) => !Object.hasOwn(KEYS, name)).map(unknownKey);

  const read = (name: KeyName): unknown => {
    const value = given.get(name);
    const text = isEmpty(name, value) ? KEYS[name].default : value ?? "";
    const result = KEYS[name].schema.safeParse(text);
    if (result.success) return result.data;
    problems.push(refused(name, text));
    return undefined;
  };

  const profile = read("profile") as Values["profile"] | undefined;
  const preset: Partial<Values> = PRESETS[profile ?? "online-shop"];
  const values = Object.fromEntries(
    names.map((name) => [name, KEYS[name].byProfile && isEmpty(name, given.get(name)) ? preset[name] : name === "profile" ? profile : read(name)]),
  ) as Values;
  if (problems.length === 0) problems.push(...contradictions(values));
  if (problems.length > 0) throw new ConfigError(problems);
  return settingsOf(values);
}
