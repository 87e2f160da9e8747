import { Refusal } from "../../../config/refusal";
import { hasData, lastState, type Holding, type Survivor } from "./holding";
import { list, loss } from "./loss";
import type { DatabaseState } from "./patroni-state";

/** What the members that answer hold. */
export const answering = (survivors: Survivor[]): Holding[] => survivors.flatMap(({ holding }) => holding ?? []);

/** The members of these that can lead without any loss. */
function safe(holdings: Holding[]): string[] {
  return holdings.filter((holding) => loss(holding, holdings).nothing).map(({ member }) => member);
}

/**
 * Why no rescue is needed, in one sentence; undefined where a rescue is needed.
 *
 * @param renewed whether the lock was renewed while it was watched
 */
export function notNeeded(
  { holder, paused }: DatabaseState,
  survivors: Survivor[],
  renewed: boolean,
): string | undefined {
  const holdings = answering(survivors);
  // A standby may hold the lock for seconds before the fence refuses it. So the lock counts only where its holder does
  // not answer.
  const there = holdings.find(({ member }) => member === holder);
  const leads = there ? there.running && !there.in_recovery : renewed;
  if (holder !== undefined && leads) {
    const way = "`npm run switchover -- --to <member>` hands its role over";
    return `${holder} leads, so nothing has to be rescued: ${way}.`;
  }
  const running = safe(holdings.filter((holding) => holding.running));
  if (running.length > 0) {
    const way = paused
      ? "automatic failover is paused, and `patronictl resume` lets it happen"
      : "it happens within half a minute, and `npm run status` shows it";
    return `${list(running, "or")} can lead without any loss and without an order: ${way}.`;
  }
  const down = holdings.filter((holding) => !holding.running && hasData(holding)).map(({ member }) => member);
  if (safe(holdings).length > 0) {
    return (
      `With ${list(down, "and")} running again nothing would be lost: bring it back first; ` +
      "the log of its container `postgres` says why it does not run."
    );
  }
  return undefined;
}

/**
 * Without the person's acceptance, only a database that needs a rescue gets one.
 *
 * @param needless why no rescue is needed; undefined where one is
 * @throws Refusal with what to type to rescue all the same
 */
export function demandNeeded(member: string, needless: string | undefined): void {
  if (needless === undefined) return;
  throw new Refusal(`${needless} If ${member} is to lead all the same, add \`--accept-loss ${member}\`.`);
}

/** Which lost member to bring back instead of a rescue, in one sentence; undefined where none would help. */
export function bringBack(state: DatabaseState, survivors: Survivor[]): string | undefined {
  const away = survivors.filter(({ holding }) => holding === undefined);
  const { leader, standbys } = lastState(state, survivors);
  const where = ({ name, node }: Survivor): string => (node === "" ? name : `${name} (on ${node})`);
  const old = away.find(({ name }) => name === leader);
  const others = away.filter(({ name }) => standbys.includes(name));
  if (old) {
    const or = others.length > 0 ? `, or ${list(others.map(where), "or")}` : "";
    const why = "which led last and has everything that was acknowledged";
    return `Better than any choice: bring ${where(old)} back, ${why}${or}.`;
  }
  if (others.length > 0) return `Better than any choice: bring ${list(others.map(where), "or")} back.`;
  return undefined;
}
