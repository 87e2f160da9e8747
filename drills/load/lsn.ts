import type { Position } from "./history";

/**
 * A write-ahead log position as a number that can be compared.
 *
 * @param lsn as PostgreSQL prints it: two hexadecimal halves of 32 bits, for example `0/3000148`
 * @throws Error where it is not of that form
 */
export function parseLsn(lsn: string): bigint {
  const match = /^([0-9A-F]{1,8})\/([0-9A-F]{1,8})$/i.exec(lsn);
  if (!match) throw new Error(`not a write-ahead log position: ${lsn}`);
  return (BigInt(`0x${match[1]}`) << 32n) | BigInt(`0x${match[2]}`);
}

/**
 * Where one timeline ended: the next one began there, and what was written to the old one after it is in no history.
 */
export interface TimelineEnd {
  timeline: number;
  lsn: string;
}

/**
 * Whether a write was acknowledged on a timeline after that timeline had ended, so by a primary that was one no longer.
 *
 * @param ends the history of the primary that remained
 */
export function isAfterEnd(position: Position, ends: TimelineEnd[]): boolean {
  const end = ends.find((candidate) => candidate.timeline === position.timeline);
  return end !== undefined && parseLsn(position.lsn) >= parseLsn(end.lsn);
}
