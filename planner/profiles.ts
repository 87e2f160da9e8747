import type { CacheLoad, Load, Slo } from "./plan/load";

/** The kinds of workload that the source article describes. */
export type ProfileName = "online-shop" | "trading" | "education" | "analytics" | "social";

/** The load, the promise and the choices of one kind of workload. */
export interface Profile {
  load: Load & Required<Pick<Load, "peakRate" | "cpuTimeMs" | "writeShare">> & { cache: CacheLoad };
  slo: Slo;
  choices: {
    /** How the balancer spreads requests. */
    algorithm: "roundrobin" | "leastconn" | "source";
    /** Whether a write waits for a standby even when none is left. */
    durability: "required" | "preferred";
    /** Postgres `work_mem`. */
    workMem: string;
  };
}

/**
 * The five presets, for a start-up's first year. `docs/profiles.md` has the reason of every number
 * and what Holdfast lacks for it. Replace the rates with measured ones as soon as you have them.
 */
export const LOAD_PROFILES: Record<ProfileName, Profile> = {
  "online-shop": {
    load: {
      rate: 70,
      peakRate: 210,
      serviceTimeMs: 20,
      cpuTimeMs: 8,
      writeShare: 0.29,
      transactionMs: 5,
      cache: { items: 1000, itemBytes: 2048, ttlSeconds: 300 },
    },
    slo: { percentile: 99, latencyMs: 250, availability: 99.95 },
    choices: { algorithm: "leastconn", durability: "required", workMem: "8MB" },
  },
  trading: {
    load: {
      rate: 150,
      peakRate: 450,
      serviceTimeMs: 8,
      cpuTimeMs: 4,
      writeShare: 0.4,
      transactionMs: 3,
      cache: { items: 500, itemBytes: 512, ttlSeconds: 1 },
    },
    slo: { percentile: 99, latencyMs: 50, availability: 99.99 },
    choices: { algorithm: "leastconn", durability: "required", workMem: "8MB" },
  },
  education: {
    load: {
      rate: 60,
      peakRate: 480,
      serviceTimeMs: 25,
      cpuTimeMs: 8,
      writeShare: 0.03,
      transactionMs: 5,
      cache: { items: 20_000, itemBytes: 8192, ttlSeconds: 300 },
    },
    slo: { percentile: 95, latencyMs: 300, availability: 99.9 },
    choices: { algorithm: "leastconn", durability: "required", workMem: "8MB" },
  },
  analytics: {
    load: {
      rate: 5,
      peakRate: 15,
      serviceTimeMs: 400,
      cpuTimeMs: 120,
      variability: 2,
      writeShare: 0.1,
      transactionMs: 150,
      cache: { items: 2000, itemBytes: 65_536, ttlSeconds: 300 },
    },
    slo: { percentile: 95, latencyMs: 3000, availability: 99.9 },
    choices: { algorithm: "leastconn", durability: "preferred", workMem: "32MB" },
  },
  social: {
    load: {
      rate: 150,
      peakRate: 600,
      serviceTimeMs: 12,
      cpuTimeMs: 5,
      writeShare: 0.6,
      transactionMs: 3,
      cache: { items: 50_000, itemBytes: 1024, ttlSeconds: 60 },
    },
    slo: { percentile: 99, latencyMs: 200, availability: 99.9 },
    choices: { algorithm: "leastconn", durability: "preferred", workMem: "8MB" },
  },
};
