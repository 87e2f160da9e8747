import Table from "cli-table3";
import { Refusal } from "../../../config/refusal";
import type { DatabaseState } from "./patroni-state";
import { hasData, lastState, moment, type Holding, type Survivor } from "./holding";
import { best, list, loss } from "./loss";
import { answering, bringBack } from "./need";

const WORD = 2 ** 32;

/** A position in the log as PostgreSQL writes it: `1/2FAF080`. */
export function position(bytes: number): string {
  return `${Math.floor(bytes / WORD).toString(16)}/${(bytes % WORD).toString(16)}`.toUpperCase();
}

function database({ running, in_recovery, state, kept }: Holding): string {
  const now = running ? (in_recovery ? "standby" : "primary") : `down (${state || "no data"})`;
  return kept.length > 0 ? `${now}; older data kept: ${kept.join(", ")}` : now;
}

/** What each volume holds, as a table. */
export function holdingsTable(state: DatabaseState, survivors: Survivor[]): string {
  const { leader, standbys } = lastState(state, survivors);
  const head = ["member", "node", "volume", "timeline", "log ends at", "last commit", "in the quorum", "PostgreSQL"];
  const role = (name: string): string => {
    if (leader === "") return "nobody knows";
    return name === leader ? "led last" : standbys.includes(name) ? "yes" : "no";
  };
  const table = new Table({ head, style: { head: [], border: [] } });
  for (const { name, node, volume, holding } of survivors) {
    const log = holding && hasData(holding) ? [holding.timeline, position(holding.position)] : ["", ""];
    const commit = typeof holding?.last_commit === "number" ? moment(holding.last_commit) : "";
    table.push([name, node, volume, ...log, commit, role(name), holding ? database(holding) : "does not answer"]);
  }
  return table.toString();
}

/** What may be lost by choosing a member: one line for each that answers. */
export function losses(survivors: Survivor[]): string[] {
  const holdings = answering(survivors);
  return holdings.map((holding) => `${holding.member}: ${loss(holding, holdings).words}`);
}

/** All that was found: the table, what may be lost by each choice, and what would be better than any. */
export function findings(state: DatabaseState, survivors: Survivor[]): string {
  const instead = bringBack(state, survivors);
  return [holdingsTable(state, survivors), ...losses(survivors), ...(instead ? [instead] : [])].join("\n");
}

/** The next command for the user, where a rescue is needed. */
export function proposal(survivors: Survivor[]): string {
  const choice = best(answering(survivors));
  if (choice === undefined) return "No member that answers has data: bring one back, or `npm run restore` a backup.";
  return `\`npm run rescue -- --to ${choice}\` makes ${choice} lead.`;
}

/**
 * Why a member can't be made to lead, in one sentence; undefined where it can.
 *
 * @param name as typed
 */
export function unfit(name: string, survivors: Survivor[]): string | undefined {
  const member = survivors.find((survivor) => survivor.name === name);
  const standbys = answering(survivors).filter((holding) => holding.running && holding.in_recovery);
  const able = standbys.map((holding) => holding.member);
  const instead = able.length > 0 ? `${list(able, "or")} could` : "no member could just now";
  if (!member) return `There is no member ${name}; ${instead}.`;
  if (!member.holding) return `${name} does not answer, so it can't lead; ${instead}.`;
  if (!hasData(member.holding)) return `There is no database on the volume of ${name}, so it can't lead; ${instead}.`;
  if (member.holding.running) return undefined;
  const why = "the log of its container `postgres` says why";
  return `PostgreSQL of ${name} does not run, so it can't lead yet; ${why}, and ${instead}.`;
}

/** @throws Refusal where a member can't be made to lead. @param name as typed */
export function demandFit(name: string, survivors: Survivor[]): void {
  const obstacle = unfit(name, survivors);
  if (obstacle) throw new Refusal(obstacle);
}

/**
 * What the user has to do once a member leads.
 *
 * @param kubectl the command up to the namespace: `kubectl --context … -n …`
 * @param required whether a write waits for a second member
 */
export function leftToDo(leads: string, survivors: Survivor[], required: boolean, kubectl: string): string[] {
  const lost = survivors.filter(({ name, holding }) => name !== leads && holding === undefined);
  const alone = required
    ? `Writes wait until a second member streams from ${leads}.`
    : `Until a second member streams, ${leads} alone holds what is written.`;
  if (lost.length === 0) return [alone];
  return [
    alone,
    "A lost member that comes back joins by itself, and what only it held is given up when it streams.",
    "Only for one whose node or volume is gone for good, which deletes what is left of it and makes it anew:",
    ...lost.flatMap(({ name, claim }) => [
      `  ${kubectl} delete persistentvolumeclaim ${claim} --wait=false`,
      `  ${kubectl} delete pod ${name} --force --grace-period=0`,
    ]),
  ];
}
