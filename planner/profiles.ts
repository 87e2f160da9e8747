import type { CacheLoad, Load, Slo } from "./plan/load";

/** The kinds of workload that the source article describes. */
export type ProfileName = "online-shop" | "trading" | "education" | "analytics" | "social";

/** What a kind of workload looks like and asks for, as data. */
export interface Profile {
  /** One sentence on whom it is for. */
  summary: string;
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
  /** Why each of load, promise and choices is as it is: one sentence each, as its page gives them. */
  reasons: string[];
  /** What the article also asks for in this case and Holdfast has not. */
  notBuilt: string[];
}

/**
 * The five presets. Rates are those of a start-up's first year; whoever has measured should put measured ones in.
 * A profile sets only what the stack has.
 */
export const LOAD_PROFILES: Record<ProfileName, Profile> = {
  "online-shop": {
    summary: "A shop: many product pages, fewer orders, and no order lost.",
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
    reasons: [
      "50 product reads and 20 orders a second, three times that in a sale.",
      "A product page may be five minutes old (the article's 300 s), so most reads never reach the database.",
      "An order is confirmed only when a standby has it too.",
    ],
    notBuilt: ["a CDN for pictures"],
  },
  trading: {
    summary: "Quotes and orders where a late answer is a wrong one.",
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
    reasons: [
      "A promise of 50 ms at the 99th percentile leaves little room for waiting, so pods idle more: waiting " +
        "grows as 1/(1 − ρ).",
      "Quotes are cached for a second: longer would be wrong, not at all would put every read on the database.",
      "99.99 % needs three zones: in two, the loss of the zone with two database members stops writes that a " +
        "standby must confirm.",
    ],
    notBuilt: ["a stream of market events", "in-memory order matching", "network and kernel tuning of the nodes"],
  },
  education: {
    summary: "Courses: nearly all reads, and everybody at the same minute.",
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
    reasons: [
      "When a lesson begins the load is eight times the hour's mean; that peak, and not the mean, sets the " +
        "autoscaler's maximum.",
      "Reads go to the replicas and, before them, to a cache large enough for the course material.",
      "The 95th percentile is promised: a page that is late now and then is no lost lesson.",
    ],
    notBuilt: ["a CDN in front (the shop's pages carry cache headers that one would use)", "video delivery"],
  },
  analytics: {
    summary: "Few and heavy requests: reports over much data.",
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
    reasons: [
      "Requests differ much in length (variability 2), and then it matters most to send each to the pod with the " +
        "fewest.",
      "A session may sort and hash 32 MB in memory before it goes to disk.",
      "Finished reports are kept in the cache; results can be computed again, so writes go on when no standby is left.",
    ],
    notBuilt: ["columnar storage and compression", "a batch scheduler", "sharding"],
  },
  social: {
    summary: "A feed with counters: more writes than reads, all of them small.",
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
    reasons: [
      "Six requests in ten write, so the primary's pool is the larger one.",
      "A like that waits for a standby which is not there is worth less than a feed that goes on: durability is " +
        "preferred, not required.",
      "A counter may be a minute old.",
    ],
    notBuilt: ["a queue for asynchronous writes", "a stream of events", "sharding of users"],
  },
};
