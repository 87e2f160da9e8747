import type { KeyName, PROFILES, Values } from "./keys";

/** Keys that the profile decides where a stack file says nothing. */
export type ProfileKey =
  | "webMinReplicas" | "webMaxReplicas" | "webTargetCpu"
  | "loadBalancerAlgorithm" | "postgresDurability" | "postgresWorkMem" | "redisMaxMemory";

/** What a profile presets. */
export type Preset = Pick<Values, ProfileKey & KeyName>;

/** The source article's case: three web pods, reads from the cache, an order never lost. */
const onlineShop: Preset = {
  webMinReplicas: 3,
  webMaxReplicas: 6,
  webTargetCpu: 70,
  loadBalancerAlgorithm: "leastconn",
  postgresDurability: "required",
  postgresWorkMem: "8MB",
  redisMaxMemory: 96,
};

/**
 * Presets by profile. Each is the shop's with what its kind of load asks for; it sets only what the stack has.
 */
export const PRESETS: Record<(typeof PROFILES)[number], Preset> = {
  "online-shop": onlineShop,
  // Latency first: more idle room (waiting grows as 1/(1-use)), and the shortest queue rather than the next in turn.
  trading: { ...onlineShop, webMinReplicas: 4, webTargetCpu: 50 },
  // Read-heavy with bursts when a lesson begins: scale early, keep more in the cache.
  education: { ...onlineShop, webMaxReplicas: 8, webTargetCpu: 60, redisMaxMemory: 160 },
  // Few, heavy requests: sorting and hashing in memory instead of on disk.
  analytics: { ...onlineShop, postgresWorkMem: "32MB", webTargetCpu: 80 },
  // Write-heavy: a write goes on when no standby is left, and sessions stay with the pod that has them warm.
  social: { ...onlineShop, webMaxReplicas: 8, loadBalancerAlgorithm: "source", postgresDurability: "preferred" },
};
