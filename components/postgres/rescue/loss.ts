import type { SyncState } from "./patroni-state";
import { compare, hasData, moment, type Holding } from "./holding";

/** What may be lost when one member becomes the primary. */
export interface Loss {
  /** Whether it is proven that no acknowledged write is missing. */
  nothing: boolean;
  /** One clause, to follow the member's name. */
  words: string;
}

const KIBIBYTE = 2 ** 10;
const MEBIBYTE = 2 ** 20;

function size(bytes: number): string {
  if (bytes >= MEBIBYTE) return `${(bytes / MEBIBYTE).toFixed(1)} MB`;
  return bytes >= KIBIBYTE ? `${Math.round(bytes / KIBIBYTE)} kB` : `${bytes} bytes`;
}

/** `a, b and c`. */
export function list(names: string[], word: "and" | "or"): string {
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} ${word} ${names.at(-1)}`;
}

/**
 * Standbys that prove something about a member: they were in the quorum, they answer, they have read their whole log,
 * and it ends no later than the member's.
 */
function vouching(holding: Holding, primary: SyncState, others: Holding[]): string[] {
  const voters = others.filter(({ member, final }) => final && primary.standbys.includes(member));
  return voters.filter((other) => compare(other, holding) <= 0).map(({ member }) => member);
}

/**
 * Why the member has every write that this primary acknowledged; undefined where that is not certain.
 *
 * A primary acknowledges a write once `n - quorum` of its `n` standbys have it. So among any `quorum + 1` standbys at
 * least one has the write. The primary itself has on its own disk what it acknowledged.
 */
function proof(holding: Holding, primary: SyncState, others: Holding[]): string | undefined {
  const { member } = holding;
  if (member === primary.leader) return "it led last, and a primary has on its own disk whatever it acknowledges";
  if (primary.leader === "" || !holding.final) return undefined;
  const voted = primary.standbys.includes(member);
  const votes = vouching(holding, primary, others);
  if (votes.length < (voted ? primary.quorum : primary.quorum + 1)) return undefined;
  if (votes.length === 0) return `${primary.leader} acknowledged nothing without it`;
  const witnesses = list([...(voted ? [member] : []), ...votes], "or");
  return `${primary.leader} acknowledged nothing without ${witnesses}, and it has all that they have`;
}

/** Which acknowledged writes of a primary may be missing on a member without proof. */
function doubt(holding: Holding, primary: SyncState, others: Holding[]): string {
  const { member, last_commit } = holding;
  const last = "the last that it knows";
  const since = last_commit === null ? `after ${last}` : `after ${moment(last_commit)} (${last})`;
  if (primary.leader === "") return `may lack what was acknowledged ${since}: nobody knows who led last`;
  const votes = vouching(holding, primary, others);
  const unheard = primary.standbys.filter((name) => name !== member && !votes.includes(name));
  const voted = primary.standbys.includes(member);
  const reason = voted ? `${list(unheard, "or")} may have acknowledged without it` : "it was not in the quorum";
  return `may lack what was acknowledged ${since} until ${primary.leader} was lost: ${reason}`;
}

/**
 * What may be lost when a member becomes the primary.
 *
 * @param holding what this member holds
 * @param answering what all members that answer hold, this one included
 */
export function loss(holding: Holding, answering: Holding[]): Loss {
  const something = (words: string): Loss => ({ nothing: false, words });
  if (!hasData(holding)) return something("has no database on its volume");
  const others = answering.filter((other) => other.member !== holding.member && hasData(other));
  if (others.some((other) => other.system_id !== holding.system_id)) {
    return something("belongs to another database than the other members that answer");
  }
  const { primaries } = holding;
  const uncertain = primaries.find((primary) => proof(holding, primary, others) === undefined);
  if (uncertain === undefined) {
    const proofs = primaries.map((primary) => proof(holding, primary, others));
    return { nothing: true, words: `nothing that was acknowledged can be missing: ${proofs.join("; ")}` };
  }
  const ahead = others
    .filter((other) => compare(other, holding) > 0)
    .sort(compare)
    .at(-1);
  if (ahead) {
    const { member, timeline, position } = ahead;
    if (timeline > holding.timeline) return something(`is behind ${member}, which has timeline ${timeline}`);
    return something(`is behind ${member} by ${size(position - holding.position)}`);
  }
  if (!holding.final) return something("still reads its own log, so nobody knows yet: look again in a moment");
  return something(doubt(holding, uncertain, others));
}

/** The member to choose: one that lacks nothing, else the one with the longest log; undefined where none has data. */
export function best(answering: Holding[]): string | undefined {
  const rank = (holding: Holding): number => Number(loss(holding, answering).nothing);
  const better = (a: Holding, b: Holding): number =>
    rank(b) - rank(a) || compare(b, a) || a.member.localeCompare(b.member);
  return answering.filter(hasData).sort(better)[0]?.member;
}
