import type { WriteRecord } from "./history";
import type { Journal } from "./journal";
import { openLoop } from "./open-loop";
import { dice } from "./seed";
import type { Way } from "./way";

/** How hard to drive a way. */
export interface LoadShape {
  /** 0 for none. */
  writesPerSecond: number;
  /** 0 for none. */
  readsPerSecond: number;
  /** Sessions the requests belong to. */
  sessions: number;
}

/** Load that is running. */
export interface Load {
  /** Whether every write that was due in the last `quietMs` and has had a second to be answered was acknowledged. */
  steady(quietMs: number): boolean;
  /** Stops; resolves when the last answer is in. */
  stop(): Promise<void>;
  /**
   * To be called after `stop`: sends writes once more, those without an acknowledgement and a sample of the others.
   * That is what customers and proxies do, and it is how a write that is not idempotent becomes two.
   */
  resend(signal: AbortSignal): Promise<void>;
}

/** A write counts as late for `steady` only after this long. */
const PATIENCE_MS = 1000;
/** Of each kind, the acknowledged and the others, at most so many writes are sent again, evenly over the run. */
const RESENT = 200;

/** At most `count` of the items, evenly spaced. */
function sample<T>(items: T[], count: number): T[] {
  const step = Math.max(1, items.length / count);
  return items.filter((_, index) => Math.floor(index / step) !== Math.floor((index - 1) / step));
}

/**
 * Drives a way with writes and reads at fixed rates, everything recorded in a journal. Half of the reads ask for the
 * latest write their session was told is done; the others for something that was always there.
 *
 * @param prefix begins every write's id, so ids are unique over runs and ways
 * @param seed decides which session each request belongs to
 */
export function drive(way: Way, journal: Journal, shape: LoadShape, prefix: string, seed: number): Load {
  const random = dice(seed);
  const writes: WriteRecord[] = [];
  const latest = new Map<number, WriteRecord>();

  const write = async (due: number): Promise<void> => {
    const session = random.between(1, shape.sessions);
    const record: WriteRecord = {
      id: `${prefix}-${writes.length}`,
      session,
      due,
      sent: Date.now(),
      outcome: "unanswered",
    };
    writes.push(record);
    journal.write(record.id, session, due);
    const answer = await way.write(record.id, session);
    journal.written(record.id, answer);
    record.answered = Date.now();
    record.outcome = answer.ok ? "acknowledged" : "failed";
    if (answer.reference !== undefined) record.reference = answer.reference;
    if (answer.ok) latest.set(session, record);
  };

  const read = async (due: number): Promise<void> => {
    const session = random.between(1, shape.sessions);
    const expects = random.between(0, 1) === 1 ? latest.get(session) : undefined;
    const n = journal.read(session, due, expects?.id);
    journal.seen(n, await way.read(session, expects));
  };

  const loops = (
    [
      [shape.writesPerSecond, write],
      [shape.readsPerSecond, read],
    ] as const
  )
    .filter(([perSecond]) => perSecond > 0)
    .map(([perSecond, issue]) => openLoop(perSecond, issue));

  return {
    steady(quietMs) {
      const now = Date.now();
      const recent = writes.filter((record) => record.due > now - quietMs && record.due < now - PATIENCE_MS);
      return recent.length > 0 && recent.every((record) => record.outcome === "acknowledged");
    },
    async stop() {
      await Promise.all(loops.map((loop) => loop.stop()));
    },
    async resend(signal) {
      const isDone = (record: WriteRecord): boolean => record.outcome === "acknowledged";
      const again = [
        ...sample(
          writes.filter((record) => !isDone(record)),
          RESENT,
        ),
        ...sample(writes.filter(isDone), RESENT),
      ];
      // One after the other: these are not part of the measured load, and a burst of them would be a load of its own.
      for (const record of again) {
        signal.throwIfAborted();
        journal.again(record.id);
        journal.answeredAgain(record.id, await way.write(record.id, record.session));
      }
    },
  };
}
