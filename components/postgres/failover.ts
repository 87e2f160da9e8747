import { completed } from "../common/completed";

/**
 * Every number that decides how fast and how safely the database fails over, in one place, each with its reason.
 *
 * How they hang together (times in seconds):
 * - The primary renews its lock every `loopWait`. A failed renewal is retried for at most `retryTimeout`, so a primary
 *   that is cut off gives up at `loopWait + retryTimeout` after its last renewal.
 * - Patroni alone would promote a standby only when the lock is `ttl` old, and `ttl` may not be below 20.
 * - The lock guard shortens that: when a renewal is overdue by more than the primary's own deadline (by `guardMargin`),
 *   and the primary does not answer either, it lets the lock expire and names who follows. It is safe because of the
 *   fence, not because of timing.
 */
export interface FailoverSettings {
  /**
   * Seconds a leader lock lives without renewal. Patroni's floor is 20 (its validator refuses less).
   */
  ttl: number;
  /**
   * Seconds between two cycles of Patroni, and between two renewals of the lock. 1 is Patroni's floor: an expired lock
   * is then noticed within a second, at the price of one small API write a second.
   */
  loopWait: number;
  /**
   * Seconds within which Patroni retries a failed call to the Kubernetes API before it treats the API as gone. One call
   * gets half of it. Where a renewal that had timed out was carried out all the same, the next try is refused as out of
   * date; with less than a second left to look again the primary demotes itself and starts anew. An API that stood
   * still for 2 s of every 4 did that to it 8 times in ten minutes with 3, which is Patroni's floor, and on a busier
   * machine 6 times with 4 (the refusal came 3.0 s after the first try began). With 5 the first try outlasts such a
   * pause. A lost node's outage is longer by what is added. `loopWait + 2 * retryTimeout` must stay under `ttl`, or a
   * primary could lose its lock while it is still allowed to retry.
   */
  retryTimeout: number;
  /**
   * Seconds of margin after which the lock guard acts: a living primary has renewed its lock, or given up by itself,
   * within `loopWait + retryTimeout`; the rest is for a primary that is short of CPU, and renews late without having
   * noticed. `0` turns the guard off, and a lost node then costs the whole `ttl`.
   */
  guardMargin: number;
  /**
   * Seconds a crashed primary gets to start again before a standby takes over. 0: a standby at the same position is
   * ready at once and a crash recovery takes of unknown length.
   */
  primaryStartTimeout: number;
  /**
   * Seconds a stopping primary gets for its shutdown before it is killed; crash recovery is safe, a hanging stop is an
   * outage.
   */
  primaryStopTimeout: number;
  /**
   * Seconds without an answer after which a WAL sender or receiver calls its connection dead (Postgres' own default is
   * 60). Below `ttl`, so that a standby has left its dead primary before the lock is free.
   */
  walTimeout: number;
  /**
   * Milliseconds a standby waits before it tries to stream again. Postgres' default of 5000 was the largest part of an
   * outage: under quorum commit a new primary acknowledges nothing until another member streams from it.
   */
  walRetryMs: number;
  /**
   * Bytes a standby may be behind the last known position and still become primary. Under quorum commit the vote of the
   * other members is what protects acknowledged writes; this only keeps a member out that is far behind.
   * @default Patroni's own
   */
  maximumLagBytes: number;
  /**
   * Milliseconds that the poolers may stay paused for a planned hand-over. Past it they resume whatever the outcome,
   * and statements meet the database as it is.
   */
  pauseDeadlineMs: number;
  /**
   * Seconds a primary whose pod is to end waits for a calm moment before it hands over. A drain ends everything on a
   * node at once, and what starts elsewhere in its place takes the CPU: a switchover in the middle of that took 5 to 10
   * s on a small machine, where it takes 1.5 s otherwise. The primary serves meanwhile and is in no hurry.
   */
  calmSeconds: number;
  /**
   * Seconds a pooler that is to end stays on while no other one serves. One that starts anew is there after 6 to 10 s,
   * on a starved machine after 20, and one that had stayed for 20 s left just before.
   */
  poolerStaySeconds: number;
}

/** The settings every environment starts from. */
export const FAILOVER_DEFAULTS: FailoverSettings = {
  ttl: 20,
  loopWait: 1,
  retryTimeout: 5,
  guardMargin: 0.8,
  primaryStartTimeout: 0,
  primaryStopTimeout: 10,
  walTimeout: 5,
  walRetryMs: 200,
  maximumLagBytes: 1_048_576,
  pauseDeadlineMs: 10_000,
  calmSeconds: 60,
  poolerStaySeconds: 45,
};

/**
 * Completes and checks failover settings.
 *
 * @param overrides settings that differ from {@link FAILOVER_DEFAULTS}
 * @throws Error that names the setting, the value and what is allowed, when they contradict one another
 */
export function failoverSettings(overrides: Partial<FailoverSettings> = {}): FailoverSettings {
  const settings = completed(overrides, FAILOVER_DEFAULTS);
  const { ttl, loopWait, retryTimeout, guardMargin, walTimeout } = settings;
  const atLeast = (name: keyof FailoverSettings, floor: number): void => {
    if (settings[name] < floor)
      throw new Error(`failover.${name} is ${settings[name]}, but Patroni accepts no less than ${floor}`);
  };
  for (const name of ["calmSeconds", "poolerStaySeconds"] as const) {
    if (settings[name] < 0) throw new Error(`failover.${name} is ${settings[name]}, but must be 0 or more`);
  }
  atLeast("ttl", 20);
  atLeast("loopWait", 1);
  atLeast("retryTimeout", 3);
  if (loopWait + 2 * retryTimeout > ttl) {
    throw new Error(
      `failover: loopWait + 2 * retryTimeout is ${loopWait + 2 * retryTimeout}, but must not exceed ttl ` +
        `(${ttl}): lower one or raise ttl`,
    );
  }
  if (guardMargin < 0 || loopWait + retryTimeout + guardMargin >= ttl) {
    throw new Error(
      `failover.guardMargin is ${guardMargin}, but must be 0 or more and, with loopWait + retryTimeout = ` +
        `${loopWait + retryTimeout}, stay below ttl (${ttl})`,
    );
  }
  if (walTimeout >= ttl) throw new Error(`failover.walTimeout is ${walTimeout}, but must be below ttl (${ttl})`);
  return settings;
}
