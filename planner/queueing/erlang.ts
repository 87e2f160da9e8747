import { PlanError, requireNumber } from "../errors";

/**
 * Erlang's loss formula B(c, a): the share of arrivals that find all `c` servers busy when nobody may wait.
 *
 * Computed by the recursion B(k) = a·B(k−1) / (k + a·B(k−1)), B(0) = 1, which has neither a factorial nor a power in it
 * and therefore no overflow: the textbook sum of aᵏ/k! is lost from 171 servers on, where 171! leaves the range of a
 * double. Source of the recursion: Cooper, *Introduction to Queueing Theory*, 2nd ed., §3.3 (1981).
 *
 * @param servers c, whole, 0 or more
 * @param load a = λ·S in erlang (arrival rate × mean service time), 0 or more
 * @returns a probability
 */
export function erlangB(servers: number, load: number): number {
  requireNumber("servers", servers, { atLeast: 0, whole: true });
  requireNumber("load", load, { atLeast: 0, unit: " erlang" });
  let blocked = 1;
  for (let k = 1; k <= servers; k++) blocked = (load * blocked) / (k + load * blocked);
  return blocked;
}

/**
 * Erlang's delay formula C(c, a): the share of arrivals that must wait in M/M/c, one queue in front of `c` servers.
 * C = B / (1 − ρ·(1 − B)) with ρ = a/c. Source: Cooper (1981), §3.4; Erlang (1917).
 *
 * @param servers c, whole, 1 or more
 * @param load a = λ·S in erlang, below `servers`
 * @throws PlanError when ρ ≥ 1, naming the number of servers that would be enough
 */
export function erlangC(servers: number, load: number): number {
  requireStable(servers, load);
  const blocked = erlangB(servers, load);
  return blocked / (1 - (load / servers) * (1 - blocked));
}

/**
 * Fewest servers for which a queue offered `load` erlang does not grow for ever: the next whole number above the load.
 */
export const fewestServers = (load: number): number => Math.floor(load) + 1;

/**
 * Throws when `servers` cannot keep up with `load`: then no mean, no percentile, no steady state exists to be computed.
 */
export function requireStable(servers: number, load: number): void {
  requireNumber("servers", servers, { atLeast: 1, whole: true });
  requireNumber("load", load, { atLeast: 0, unit: " erlang" });
  if (load >= servers) {
    throw new PlanError(
      "utilization",
      `${shown(load)} erlang over ${servers} server${servers === 1 ? "" : "s"} = ${shown(load / servers)}`,
      "at 1 or more the queue grows for ever, and no mean wait exists",
      `Give it at least ${fewestServers(load)} servers, or less load`,
    );
  }
}

const shown = (value: number): string => String(Number(value.toPrecision(4)));
