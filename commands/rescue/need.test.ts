import { describe, expect, it, test } from "vitest";
import type { DatabaseState } from "../../components/postgres/patroni-state";
import type { Holding, Survivor } from "./holding";
import { bringBack, notNeeded } from "./need";

const LED = { leader: "postgres-0", standbys: ["postgres-1", "postgres-2"], quorum: 1 };

const state = (change: Partial<DatabaseState> = {}): DatabaseState => ({
  holder: "postgres-0",
  renewed: "t",
  paused: false,
  pausedSince: undefined,
  rescue: undefined,
  kept: { config: {}, sync: null },
  written: LED,
  ...change,
});

const away = (name: string): Survivor => ({
  name,
  node: `node-of-${name}`,
  claim: `data-${name}`,
  volume: "pvc",
  holding: undefined,
});

const there = (name: string, change: Partial<Holding> = {}): Survivor => ({
  ...away(name),
  holding: {
    member: name,
    running: true,
    in_recovery: true,
    timeline: 4,
    position: 5,
    final: true,
    last_commit: null,
    system_id: "7",
    state: "",
    kept: [],
    primaries: [LED],
    ...change,
  },
});

describe("whether a rescue is needed", () => {
  test.each<[string, string | undefined, DatabaseState, Survivor[], boolean]>([
    [
      "two of three lost, the primary among them",
      undefined,
      state(),
      [away("postgres-0"), there("postgres-1"), away("postgres-2")],
      false,
    ],
    ["nobody answers", undefined, state(), [away("postgres-0"), away("postgres-1"), away("postgres-2")], false],
    [
      "one that answers has no data",
      undefined,
      state(),
      [away("postgres-0"), there("postgres-1"), there("postgres-2", { timeline: 0, running: false, system_id: "" })],
      false,
    ],
    [
      "a primary leads",
      "postgres-0 leads",
      state(),
      [there("postgres-0", { in_recovery: false }), there("postgres-1"), away("postgres-2")],
      false,
    ],
    [
      "a primary that can't be asked renews its lock",
      "postgres-0 leads",
      state(),
      [away("postgres-0"), there("postgres-1"), away("postgres-2")],
      true,
    ],
    [
      "a standby holds the lock that the fence refuses",
      undefined,
      state({ holder: "postgres-1" }),
      [away("postgres-0"), there("postgres-1"), away("postgres-2")],
      true,
    ],
    [
      "a quorum is left",
      "postgres-1 or postgres-2 can lead without any loss",
      state(),
      [away("postgres-0"), there("postgres-1"), there("postgres-2")],
      false,
    ],
    [
      "a quorum is left, and failover is paused",
      "`patronictl resume`",
      state({ paused: true }),
      [away("postgres-0"), there("postgres-1"), there("postgres-2")],
      false,
    ],
    [
      "one standby down that could come back",
      "With postgres-2 running again nothing would be lost",
      state(),
      [away("postgres-0"), there("postgres-1"), there("postgres-2", { running: false })],
      false,
    ],
    [
      "the old primary is there and does not run",
      "With postgres-0 running again",
      state(),
      [there("postgres-0", { running: false }), there("postgres-1"), away("postgres-2")],
      false,
    ],
    [
      "the only one that acknowledged",
      "postgres-1 can lead without any loss",
      state(),
      [
        away("postgres-0"),
        there("postgres-1", { primaries: [{ ...LED, standbys: ["postgres-1"], quorum: 0 }] }),
        away("postgres-2"),
      ],
      false,
    ],
  ])("%s", (_, expected, database, survivors, renewed) => {
    const said = notNeeded(database, survivors, renewed);
    if (expected === undefined) expect(said).toBeUndefined();
    else expect(said).toContain(expected);
  });
});

describe("whom to bring back instead", () => {
  it("is the last leader first", () => {
    expect(bringBack(state(), [away("postgres-0"), there("postgres-1"), away("postgres-2")])).toBe(
      "Better than any choice: bring postgres-0 (on node-of-postgres-0) back, which led last and has everything " +
        "that was acknowledged, or postgres-2 (on node-of-postgres-2).",
    );
  });

  it("is whom Patroni names, where nobody answers", () => {
    expect(bringBack(state(), [away("postgres-0"), away("postgres-1")])).toContain(
      "bring postgres-0 (on node-of-postgres-0) back",
    );
  });

  it("is whom a member that answers takes for the last leader, whatever Patroni has written", () => {
    const passedOn = [LED, { leader: "postgres-1", standbys: ["postgres-0", "postgres-2"], quorum: 1 }];
    const survivors = [away("postgres-0"), away("postgres-1"), there("postgres-2", { primaries: passedOn })];
    expect(bringBack(state(), survivors)).toContain("bring postgres-1 (on node-of-postgres-1) back");
  });

  it("is nobody where everybody answers or was in no quorum", () => {
    expect(bringBack(state(), [there("postgres-0"), there("postgres-1")])).toBeUndefined();
    expect(
      bringBack(state(), [
        there("postgres-1", { primaries: [{ leader: "postgres-1", standbys: [], quorum: 0 }] }),
        away("postgres-2"),
      ]),
    ).toBeUndefined();
  });
});
