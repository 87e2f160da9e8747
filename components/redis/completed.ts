import type { EvictionPolicy, RedisArgs } from "./args";
import { DEFAULTS } from "./settings";

/** Arguments that are plain values, with their defaults filled in. */
export interface RedisSettings {
  replicas: number;
  /** MiB */
  maxmemory: number;
  evictionPolicy: EvictionPolicy;
  /** Whether somebody has chosen that anything may go. */
  evictionChosen: boolean;
  persistence: "aof" | "none";
  strictSpread: boolean;
  passwordGeneration: number;
}

/**
 * Fills in the defaults and refuses what cannot work.
 *
 * @throws Error naming the argument, its value and what is allowed
 */
export function redisSettings(args: RedisArgs): RedisSettings {
  const byDefault = DEFAULTS.RedisArgs;
  const settings: RedisSettings = {
    replicas: args.replicas ?? byDefault.replicas,
    maxmemory: args.maxmemory ?? byDefault.maxmemory,
    evictionPolicy: args.evictionPolicy ?? byDefault.evictionPolicy,
    evictionChosen: args.evictionPolicy !== undefined,
    persistence: args.persistence ?? byDefault.persistence,
    strictSpread: args.strictSpread ?? byDefault.strictSpread,
    passwordGeneration: args.passwordGeneration ?? byDefault.passwordGeneration,
  };
  for (const [key, least] of [
    ["replicas", 3],
    ["maxmemory", 16],
    ["passwordGeneration", 1],
  ] as const) {
    const value = settings[key];
    if (!Number.isInteger(value) || value < least) {
      throw new Error(`Redis: ${key} is ${value}; it must be a whole number of at least ${least}.`);
    }
  }
  return settings;
}
