/** A cause of interruptions: how often a year, and for how many seconds each time. */
export interface Interruption {
  cause: string;
  perYear: number;
  seconds: number;
  /** Where `perYear` and `seconds` come from. */
  source: string;
}

/**
 * What interrupts a stack even when every replica count is right. Each takes seconds only, but all users feel them.
 * The failover times are the design goals (p95, through the pooler); replace them with what `npm run drill` measures.
 * The counts a year are assumptions; replace them with your own record.
 */
export const INTERRUPTIONS: Interruption[] = [
  {
    cause: "planned database switchover",
    perYear: 24,
    seconds: 2,
    source: "goal: stall of at most 2 s; two rollouts or drains a month",
  },
  {
    cause: "database process or pod dies",
    perYear: 12,
    seconds: 3,
    source: "goal: at most 3 s (prototype 1.9–2.8 s); one a month",
  },
  {
    cause: "node of the database primary lost",
    perYear: 4,
    seconds: 12,
    source: "goal: at most 12 s (lock guard 9.5–12.3 s); as often as one node fails",
  },
  {
    cause: "bad release, rolled back",
    perYear: 4,
    seconds: 300,
    source: "assumed: one a quarter, five minutes from alert to rollback",
  },
];

/** Minutes a year that interruptions take together. */
export function interruptedMinutes(interruptions: Interruption[]): number {
  return interruptions.reduce((sum, { perYear, seconds }) => sum + (perYear * seconds) / 60, 0);
}
