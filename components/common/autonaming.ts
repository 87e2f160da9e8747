import * as pulumi from "@pulumi/pulumi";

/** Modes of `pulumi:autonaming` in which an object never gets a name that was not there before. */
const STALE_MODES = ["verbatim", "disabled"];

/** What makes a pattern's names differ from one time to the next. */
const RANDOM_PART = /\$\{(hex|alphanum|string|num|uuid)\b/;

/**
 * The part of a `pulumi:autonaming` setting, at whatever depth, by which two objects made one after the other would
 * have the same name; undefined where there is none. Pure.
 */
export function staleNaming(setting: unknown): string | undefined {
  if (typeof setting !== "object" || setting === null) return undefined;
  for (const [key, value] of Object.entries(setting)) {
    if (key === "mode" && STALE_MODES.includes(value as string)) return `mode ${value as string}`;
    if (key === "pattern" && !RANDOM_PART.test(value as string)) return `pattern ${value as string}`;
    const inner = staleNaming(value);
    if (inner !== undefined) return inner;
  }
  return undefined;
}

/**
 * Refuses a stack whose changed settings would delete workloads, because Pulumi may not give new names.
 *
 * @throws Error naming the setting and what to type
 */
export function requireFreshNames(): void {
  const found = staleNaming(new pulumi.Config("pulumi").getObject<unknown>("autonaming"));
  if (found === undefined) return;
  throw new Error(
    `pulumi:autonaming has the ${found}, by which a changed setting would delete its pods before the new ones stand; ` +
      "names need a random part. Type: pulumi config rm pulumi:autonaming, or give a pattern such as " +
      "${name}-${hex(8)}.",
  );
}
