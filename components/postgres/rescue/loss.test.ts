import { describe, expect, it, test } from "vitest";
import type { SyncState } from "./patroni-state";
import type { Holding } from "./holding";
import { best, loss } from "./loss";

/** 2026-11-29 12:00:03 UTC. */
const NOON = 1795953603;

/** postgres-0 led three members with a quorum. */
const three: SyncState[] = [{ leader: "postgres-0", standbys: ["postgres-1", "postgres-2"], quorum: 1 }];
/** The same one, after postgres-2 had left. */
const two: SyncState[] = [{ leader: "postgres-0", standbys: ["postgres-1"], quorum: 0 }];
const five: SyncState[] = [
  { leader: "postgres-0", standbys: ["postgres-1", "postgres-2", "postgres-3", "postgres-4"], quorum: 3 },
];
/** The fence has let postgres-1 through since, and its own log proves that it led. */
const proven: SyncState[] = [{ leader: "postgres-1", standbys: ["postgres-0", "postgres-2"], quorum: 1 }];
/** The fence has let postgres-1 through since, and nothing proves that it led. */
const passedOn: SyncState[] = [...three, ...proven];
const nobodyKnows: SyncState[] = [{ leader: "", standbys: [], quorum: 0 }];

const held = (member: string, change: Partial<Holding> = {}): Holding => ({
  member,
  running: true,
  in_recovery: true,
  timeline: 4,
  position: 50_000_000,
  final: true,
  last_commit: NOON,
  system_id: "7",
  state: "in archive recovery",
  kept: [],
  primaries: three,
  ...change,
});

const one = held("postgres-1");
const other = held("postgres-2");
const ahead = (member: string): Holding => held(member, { position: 60_000_000 });

describe("nothing that was acknowledged can be missing", () => {
  const voters = "postgres-0 acknowledged nothing without postgres-1 or postgres-2";
  test.each<[string, Holding, SyncState[], Holding[], string]>([
    [
      "of the last leader, whatever any other member has",
      held("postgres-0", { running: false, final: false }),
      three,
      [ahead("postgres-1")],
      "it led last",
    ],
    ["where nothing was acknowledged without it", one, two, [], "postgres-0 acknowledged nothing without it"],
    ["with a quorum's answers, none of them ahead", one, three, [other], `${voters}, and it has all that they have`],
    ["from outside the quorum, with one answer more", held("postgres-3"), three, [one, other], voters],
    ["though the last leader has more, which it never acknowledged", one, three, [other, ahead("postgres-0")], voters],
    ["of a leader whose promotion its own log proves", held("postgres-1", { timeline: 5 }), proven, [], "it led last"],
  ])("%s", (_, member, primaries, others, why) => {
    const holding = { ...member, primaries };
    expect(loss(holding, [holding, ...others])).toMatchObject({
      nothing: true,
      words: expect.stringMatching(/^nothing that was acknowledged can be missing: /),
    });
    expect(loss(holding, [holding, ...others]).words).toContain(why);
  });
});

describe("something may be missing", () => {
  const lacks = "may lack what was acknowledged after";
  const since = `${lacks} 2026-11-29 12:00:03 UTC (the last that it knows)`;
  const until = (why: string): string => `${since} until postgres-0 was lost: ${why}`;
  const without = (member: string): string => `${member} may have acknowledged without it`;
  test.each<[string, Holding, SyncState[], Holding[], string]>([
    ["one of two standbys alone", one, three, [], until(without("postgres-2"))],
    [
      "one that does not know when",
      held("postgres-1", { last_commit: null }),
      three,
      [],
      `${lacks} the last that it knows until postgres-0 was lost: ${without("postgres-2")}`,
    ],
    ["one that was not in the quorum", other, two, [], until("it was not in the quorum")],
    ["one of five, with too few answers", one, five, [other, held("postgres-3")], until(without("postgres-4"))],
    [
      "one that has not read all of its log",
      held("postgres-1", { final: false }),
      two,
      [],
      "still reads its own log, so nobody knows yet: look again in a moment",
    ],
    [
      "one behind another",
      one,
      three,
      [held("postgres-2", { position: 50_000_000 + 3 * 2 ** 20 })],
      "is behind postgres-2 by 3.0 MB",
    ],
    [
      "one a little behind",
      one,
      three,
      [held("postgres-2", { position: 50_000_100 })],
      "is behind postgres-2 by 100 bytes",
    ],
    [
      "one on an older timeline, though its position is further",
      one,
      three,
      [held("postgres-2", { timeline: 5, position: 1 })],
      "is behind postgres-2, which has timeline 5",
    ],
    ["where nobody knows who led", one, nobodyKnows, [], `${since}: nobody knows who led last`],
    ["the one let through last, where it is not known to have led", one, passedOn, [], until(without("postgres-2"))],
    ["the other standby, after a promotion it has not heard of", other, passedOn, [], until(without("postgres-1"))],
    [
      "another database",
      held("postgres-1", { system_id: "8" }),
      three,
      [other],
      "belongs to another database than the other members that answer",
    ],
    [
      "an empty volume",
      held("postgres-1", { timeline: 0, position: 0, system_id: "" }),
      three,
      [other],
      "has no database on its volume",
    ],
  ])("%s", (_, member, primaries, others, words) => {
    const holding = { ...member, primaries };
    expect(loss(holding, [holding, ...others])).toEqual({ nothing: false, words });
  });
});

describe("the one to choose", () => {
  it("is one that lacks nothing, before one that has more", () => {
    expect(
      best([held("postgres-1", { primaries: two }), held("postgres-2", { position: 60_000_000, final: false })]),
    ).toBe("postgres-1");
  });

  it("is otherwise the one that has the most, of equals the first", () => {
    expect(
      best([held("postgres-1", { primaries: five }), held("postgres-2", { position: 60_000_000, primaries: five })]),
    ).toBe("postgres-2");
    expect(best(["postgres-2", "postgres-1"].map((name) => held(name, { primaries: nobodyKnows })))).toBe("postgres-1");
  });

  it("is nobody where nobody has data", () => {
    expect(best([held("postgres-1", { timeline: 0, system_id: "" })])).toBeUndefined();
  });
});
