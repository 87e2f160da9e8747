/**
 * A position in PostgreSQL's write-ahead log, as the server writes it ("16/B374D848"): what a session carries from a
 * write to its later reads. Only made by {@link parseLsn}, so it is safe to put into SQL text.
 */
export type Lsn = string & { readonly lsn: unique symbol };

/** @returns undefined for anything that is not a log position. */
export function parseLsn(text: string | undefined): Lsn | undefined {
  return text !== undefined && /^[0-9A-F]{1,8}\/[0-9A-F]{1,8}$/i.test(text) ? (text as Lsn) : undefined;
}

/** The later of two positions; undefined only if both are. */
export function laterLsn(a: Lsn | undefined, b: Lsn | undefined): Lsn | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return position(a) >= position(b) ? a : b;
}

/** Both halves are 32-bit hexadecimal numbers (PostgreSQL documentation, type pg_lsn). */
function position(lsn: Lsn): bigint {
  const [high, low] = lsn.split("/");
  return (BigInt(`0x${high}`) << 32n) | BigInt(`0x${low}`);
}
