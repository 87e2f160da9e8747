import { DRILLS } from "../drill/catalogue";
import type { Drill, Expectation } from "../../drills/drill";
import { table } from "./sections";

const seconds = (what: string, limit: number | undefined): string[] =>
  limit === undefined ? [] : [`${what} ≤ ${limit} s`];

function failures({ failedWrites, failedReads, unanswered }: Expectation): string[] {
  const limits = Object.entries({ writes: failedWrites, reads: failedReads }).filter(([, most]) => most !== undefined);
  const none = failedWrites === 0 && failedReads === 0;
  return [
    ...(none ? ["no request failed"] : limits.map(([what, most]) => `at most ${most} ${what} failed`)),
    ...(unanswered === undefined ? [] : [`at most ${unanswered} requests without an answer`]),
  ];
}

/** What a drill promises beside what all of them do, in words. */
export function promised(expect: Expectation): string {
  return [
    ...seconds("writes out", expect.writeOutageSeconds),
    ...seconds("reads out", expect.readOutageSeconds),
    ...seconds("Redis itself out", expect.redisOutageSeconds),
    ...failures(expect),
    ...(expect.failovers === undefined ? [] : [`at most ${expect.failovers} failovers`]),
    ...seconds("alert", expect.namedSeconds),
    ...(expect.copiesKept ? ["standbys keep their data"] : []),
    ...seconds("whole again", expect.wholeAgainSeconds),
  ].join(", ");
}

/** The table of all drills, as they are declared. */
export function drillTable(drills: readonly Drill[] = DRILLS): string {
  return table(
    ["drill", "what breaks", "promised"],
    drills.map(({ name, title, expect }) => [`\`${name}\``, title, promised(expect)]),
  );
}
