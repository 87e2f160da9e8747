import type { History, WriteRecord } from "../load/history";
import { isAfterEnd, type TimelineEnd } from "../load/lsn";

/** What the data says once everything has come to rest. */
export interface Truth {
  /** How often each id stands in the data; an id that is not there is missing. */
  copies: Map<string, number>;
  /** Where the timelines before the present one ended; empty where the way has no timelines. */
  ends: TimelineEnd[];
}

/** What the checker found; every list names ids, so that each finding can be looked up in the journal. */
export interface Findings {
  /** Acknowledged and not in the data. */
  lost: string[];
  /** In the data more than once, or filed under two different numbers. */
  duplicates: string[];
  /** Acknowledged by a server that another had already replaced as the primary. */
  deposed: string[];
  /**
   * Acknowledged writes that the same session then did not see, though they are in the data. One entry for each such
   * read.
   */
  stale: string[];
}

function acknowledged<T extends { outcome: string }>(records: T[]): T[] {
  return records.filter((record) => record.outcome === "acknowledged");
}

function findLost(history: History, truth: Truth): string[] {
  const promised = new Set(
    [...acknowledged(history.writes), ...acknowledged(history.resends)].map((write) => write.id),
  );
  return [...promised].filter((id) => !truth.copies.has(id));
}

function findDuplicates(history: History, truth: Truth): string[] {
  const found = new Set<string>();
  for (const [id, copies] of truth.copies) if (copies > 1) found.add(id);
  const numbers = new Map(history.writes.map((write) => [write.id, write.reference]));
  for (const again of acknowledged(history.resends)) {
    const first = numbers.get(again.id);
    if (first !== undefined && again.reference !== undefined && first !== again.reference) found.add(again.id);
  }
  return [...found];
}

/**
 * Writes acknowledged by a deposed primary. Two independent signs, either is enough:
 * the position lies beyond the end of its timeline in the history that remained; or the write was *sent* after another
 * one had already been acknowledged on a later timeline (sent, not answered: a slow answer proves nothing).
 */
function findDeposed(history: History, truth: Truth): string[] {
  const placed = acknowledged(history.writes).filter(
    (write): write is WriteRecord & Required<Pick<WriteRecord, "position" | "answered">> =>
      write.position !== undefined && write.answered !== undefined,
  );
  const firstAnswer = new Map<number, number>();
  for (const { position, answered } of placed) {
    firstAnswer.set(position.timeline, Math.min(answered, firstAnswer.get(position.timeline) ?? Infinity));
  }
  const replacedAt = (timeline: number): number =>
    Math.min(Infinity, ...[...firstAnswer].filter(([later]) => later > timeline).map(([, at]) => at));
  return placed
    .filter((write) => isAfterEnd(write.position, truth.ends) || write.sent > replacedAt(write.position.timeline))
    .map((write) => write.id);
}

function findStale(history: History, truth: Truth): string[] {
  const writes = new Map(history.writes.map((write) => [write.id, write]));
  const stale: string[] = [];
  for (const read of acknowledged(history.reads)) {
    if (read.expects === undefined || read.found !== false) continue;
    const write = writes.get(read.expects);
    // Only a write that this session knew of when it asked; and one that is lost is counted there.
    if (write?.session !== read.session || write.outcome !== "acknowledged") continue;
    if (write.answered === undefined || write.answered > read.sent) continue;
    if (truth.copies.has(write.id)) stale.push(write.id);
  }
  return stale;
}

/**
 * Compares what clients were told with what the data says.
 *
 * @param history everything one way sent and was answered
 * @param truth the data afterwards, read from the primary that remained
 */
export function check(history: History, truth: Truth): Findings {
  return {
    lost: findLost(history, truth),
    duplicates: findDuplicates(history, truth),
    deposed: findDeposed(history, truth),
    stale: findStale(history, truth),
  };
}
