import { quantityCores } from "../graph/quantity";
import { isPlanError, type PlanError } from "../planner/errors";
import type { Load, Slo, Topology } from "../planner/plan/load";
import { stackSizes, type StackSizes } from "../planner/plan/sizes";
import { LOAD_PROFILES } from "../planner/profiles";
import { ConfigError, setCommand, type Problem } from "./errors";
import { KEYS, MOST_WEB_PODS, type KeyName, type Values } from "./keys";

/** Keys that the planner derives where a stack file says nothing. */
export const SIZE_KEYS = [
  "webMinReplicas",
  "webMaxReplicas",
  "webTargetCpu",
  "webPoolSize",
  "postgresPoolSize",
  "postgresMaxConnections",
  "redisMaxMemory",
] as const satisfies (KeyName & keyof StackSizes)[];

/** Values of those keys. */
export type Sizes = Pick<Values, (typeof SIZE_KEYS)[number]>;

/** Values of all other keys, from which the sizes follow. */
export type Unsized = Omit<Values, keyof Sizes>;

/** The declared load for the planner. Values without a key are the profile's. */
export function loadOf(values: Unsized): Load {
  const { load } = LOAD_PROFILES[values.profile];
  return {
    ...load,
    rate: values.loadRate,
    peakRate: values.loadPeakRate,
    serviceTimeMs: values.loadServiceMs,
    cpuTimeMs: values.loadCpuMs,
    writeShare: values.loadWritePercent / 100,
    cache: { ...load.cache, ttlSeconds: values.cacheTtlSeconds },
  };
}

/** The promise for the planner. */
export function sloOf({ profile, slo }: Pick<Values, "profile" | "slo">): Slo {
  const [, percentile, latencyMs] = /^p(.+)=(.+)ms$/.exec(slo) ?? [];
  return { ...LOAD_PROFILES[profile].slo, percentile: Number(percentile), latencyMs: Number(latencyMs) };
}

/** Zones, balancing and pod size for the planner. */
export function topologyOf(values: Unsized): Topology {
  return {
    zones: values.zones,
    algorithm: values.loadBalancerAlgorithm,
    podCores: quantityCores(values.webCpuLimit),
    // The autoscaler measures against the lowered request.
    requestCores: quantityCores(values.webCpuRequest) * (values.cpuRequestPercent / 100),
  };
}

/** Cores of its limit that one Node.js process can use. */
const usableCores = (values: Unsized): number => Math.min(1, quantityCores(values.webCpuLimit));

/** The problem of a load without a plan, at the key of the input that the planner names. */
function problemOf(error: PlanError, values: Unsized): Problem {
  const key = error.input.startsWith("slo") ? "slo" : "loadPeakRate";
  // Ten times the mean is enough on an idle pod for nearly every percentile.
  const suggestion =
    key === "slo"
      ? `p${sloOf(values).percentile}=${Math.ceil(10 * values.loadServiceMs)}ms`
      : String(Math.ceil(values.loadRate));
  return {
    key,
    value: String(values[key]),
    allowed: `one that a plan exists for: ${error.reason}`,
    type: setCommand(key, suggestion),
  };
}

function planned(values: Unsized, given: Partial<Sizes>): StackSizes | Problem {
  const most = Math.floor((MOST_WEB_PODS * usableCores(values) * 1000) / values.loadCpuMs);
  if (values.loadPeakRate > most) {
    return {
      key: "loadPeakRate",
      value: String(values.loadPeakRate),
      allowed: `at most ${most}, which keeps ${MOST_WEB_PODS} web pods busy all the time`,
      type: setCommand("loadPeakRate", String(most)),
    };
  }
  try {
    return stackSizes(loadOf(values), sloOf(values), topologyOf(values), given);
  } catch (error) {
    if (!isPlanError(error)) throw error;
    return problemOf(error, values);
  }
}

const isProblem = (result: StackSizes | Problem): result is Problem => "allowed" in result;

/**
 * The sizes that the declared load and promise need, with the stack file's sizes in place of the planner's.
 *
 * @param given sizes that the stack file sets; where it sets all of them, nothing is planned
 * @throws ConfigError where no size keeps the promise, or a size is out of its key's bounds
 */
export function sizesOf(values: Unsized, given: Partial<Sizes>): Sizes {
  if (SIZE_KEYS.every((key) => given[key] !== undefined)) return given as Sizes;
  const sizes = planned(values, given);
  if (isProblem(sizes)) {
    const wholeCore = { ...values, webCpuLimit: "1" };
    const tooSmall = usableCores(values) < 1 && !isProblem(planned(wholeCore, given));
    throw new ConfigError([
      tooSmall
        ? {
            key: "webCpuLimit",
            value: values.webCpuLimit,
            allowed: `enough for the declared load and slo: ${sizes.allowed}`,
            type: setCommand("webCpuLimit", "1000m"),
          }
        : sizes,
    ]);
  }
  const beyond = SIZE_KEYS.filter(
    (key) => given[key] === undefined && !KEYS[key].schema.safeParse(String(sizes[key])).success,
  );
  if (beyond.length > 0) {
    throw new ConfigError(
      beyond.map((key) => ({
        key,
        value: String(sizes[key]),
        allowed: `${KEYS[key].allowed}; this is what the declared load asks for`,
        type: setCommand(key, KEYS[key].example),
      })),
    );
  }
  return { ...sizes, ...given };
}
