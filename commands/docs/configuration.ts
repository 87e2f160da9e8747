import { KEYS, type KeyName } from "../../config/keys";
import { PRESETS, type ProfileKey } from "../../config/profiles";
import type { Key } from "../../config/key";
import { table } from "./sections";

const all = Object.entries(KEYS) as [KeyName, Key<unknown>][];

/** Every configuration key: type, default, what is allowed, what it means. */
export function configurationTable(): string {
  return table(["key", "type", "default", "allowed", "meaning"], all.map(([name, key]) => [
    `\`${name}\``, key.type, key.byProfile ? "the profile's" : key.default === "" ? "empty" : `\`${key.default}\``, key.allowed, key.description,
  ]));
}

/** What each profile presets for the keys whose default it decides. */
export function profileTable(): string {
  const keys = all.filter(([, { byProfile }]) => byProfile).map(([name]) => name as ProfileKey);
  return table(["key", ...Object.keys(PRESETS)], keys.map((key) => [`\`${key}\``, ...Object.values(PRESETS).map((preset) => `\`${preset[key]}\``)]));
}
