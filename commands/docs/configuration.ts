import { KEYS, PROFILES, type KeyName } from "../../config/keys";
import { PROJECT, valuesOf } from "../../config/parse";
import type { Key } from "../../config/key";
import { table } from "./sections";

const all = Object.entries(KEYS) as [KeyName, Key<unknown>][];

/** Table of every configuration key: type, default, allowed values, meaning. */
export function configurationTable(): string {
  return table(
    ["key", "type", "default", "allowed", "meaning"],
    all.map(([name, key]) => [
      `\`${name}\``,
      key.type,
      key.byProfile ? "derived" : key.default === "" ? "empty" : `\`${key.default}\``,
      key.allowed,
      key.description,
    ]),
  );
}

/** Table of the derived keys for each profile, with all other keys at their defaults. */
export function profileTable(): string {
  const keys = all.filter(([, { byProfile }]) => byProfile).map(([name]) => name);
  const columns = PROFILES.map((profile) => valuesOf({ [`${PROJECT}:profile`]: profile }));
  return table(
    ["key", ...PROFILES],
    keys.map((key) => [`\`${key}\``, ...columns.map((values) => `\`${values[key]}\``)]),
  );
}
