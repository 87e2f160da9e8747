import { suspects, type Known, type SyncState } from "../support/database-state";
import { compare, hasData, moment, type Holding } from "./holding";

/** What may be lost where one member is made to lead. */
export interface Loss {
  /** Everything that was ever acknowledged is there, and provably so. */
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
 * Members that vouch for one: they may have acknowledged, they answer, they have read all of their log, and it goes no further
 * than this one's.
 */
function vouching(holding: Holding, primary: SyncState, others: Holding[]): string[] {
  return others.filter((other) => primary.standbys.includes(other.member) && other.final && compare(other, holding) <= 0).map(({ member }) => member);
}

/**
 * Why everything that this primary acknowledged is there; undefined where that is not certain.
 *
 * A primary acknowledges a write once `n - quorum` of its `n` standbys have it, so `quorum + 1` of them hold at least one of every
 * such set. And it has on its own disk whatever it acknowledged.
 */
function proof(holding: Holding, primary: SyncState, others: Holding[]): string | undefined {
  const { member } = holding;
  if (member === primary.leader) return "it led last, and a primary has on its own disk whatever it acknowledges";
  if (primary.leader === "" || !holding.final) return undefined;
  const voted = primary.standbys.includes(member);
  const votes = vouching(holding, primary, others);
  if (votes.length < (voted ? primary.quorum : primary.quorum + 1)) return undefined;
  if (votes.length === 0) return `${primary.leader} acknowledged nothing without it`;
  return `${primary.leader} acknowledged nothing without ${list([...(voted ? [member] : []), ...votes], "or")}, and it has all that they have`;
}

/** What is not certain about a primary's acknowledged writes, for a member without proof. */
function doubt(holding: Holding, primary: SyncState, others: Holding[]): string {
  const { member, last_commit } = holding;
  const since = last_commit === null ? "after the last that it knows" : `after ${moment(last_commit)} (the last that it knows)`;
  if (primary.leader === "") return `may lack what was acknowledged ${since}: nobody knows who led last`;
  const votes = vouching(holding, primary, others);
  const unheard = primary.standbys.filter((name) => name !== member && !votes.includes(name));
  const reason = primary.standbys.includes(member) ? `${list(unheard, "or")} may have acknowledged without it` : "it was not in the quorum";
  return `may lack what was acknowledged ${since} until ${primary.leader} was lost: ${reason}`;
}

/**
 * What may be lost by making a member lead.
 *
 * @param holding the member's
 * @param answering what all members that answer hold, this one among them
 */
export function loss(holding: Holding, known: Known, answering: Holding[]): Loss {
  if (!hasData(holding)) return { nothing: false, words: "has no database on its volume" };
  const others = answering.filter((other) => other.member !== holding.member && hasData(other));
  if (others.some((other) => other.system_id !== holding.system_id)) return { nothing: false, words: "belongs to another database than the other members that answer" };
  const primaries = suspects(known, holding.timeline);
  const uncertain = primaries.find((primary) => proof(holding, primary, others) === undefined);
  if (uncertain === undefined) {
    return { nothing: true, words: `nothing that was acknowledged can be missing: ${primaries.map((primary) => proof(holding, primary, others)).join("; ")}` };
  }
  const ahead = others.filter((other) => compare(other, holding) > 0).sort(compare).at(-1);
  if (ahead) {
    const by = ahead.timeline > holding.timeline ? `which has timeline ${ahead.timeline}` : `by ${size(ahead.position - holding.position)}`;
    return { nothing: false, words: `is behind ${ahead.member} ${by}` };
  }
  if (!holding.final) return { nothing: false, words: "still reads its own log, so nobody knows yet: look again in a moment" };
  return { nothing: false, words: doubt(holding, uncertain, others) };
}

/** The member to choose: one that lacks nothing, else the one that has the most; undefined where nobody has data. */
export function best(known: Known, answering: Holding[]): string | undefined {
  const rank = (holding: Holding): number => Number(loss(holding, known, answering).nothing);
  return answering.filter(hasData).sort((a, b) => rank(b) - rank(a) || compare(b, a) || a.member.localeCompare(b.member))[0]?.member;
}
