/** The times of a run; all but tests use {@link PACE}. */
export interface Pace {
  /** Load before the fault: long enough for connections to be there and for a rate to compare with. */
  warmUpSeconds: number;
  /** The fault comes up to so much later, by the seed: otherwise every run would hit the same phase of every timer. */
  jitterMs: number;
  /** Writes are steady again when all of them were acknowledged for so long. */
  steadyMs: number;
  /** The longest that a stack may take to be whole again before the run goes on without. */
  wholeSeconds: number;
  /** How often the stack is looked at until it is whole. */
  lookSeconds: number;
  /** Load goes on for a moment after that: what breaks when a member comes back belongs to the drill. */
  coolDownSeconds: number;
  /**
   * Between two runs, so that what follows a failover quietly (checkpoints, caches) does not fall into the next one.
   */
  restSeconds: number;
}

/** The pace of every measured run. */
export const PACE: Pace = {
  warmUpSeconds: 6,
  jitterMs: 3_000,
  steadyMs: 5_000,
  wholeSeconds: 300,
  lookSeconds: 3,
  coolDownSeconds: 3,
  restSeconds: 10,
};
