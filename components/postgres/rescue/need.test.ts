import { describe, expect, it, test } from "vitest";
import type { DatabaseState } from "./patroni-state";
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

/** The member of this ordinal, which does not answer. */
const away = (ordinal: number): Survivor => ({
  name: `postgres-${ordinal}`,
  node: `node-of-postgres-${ordinal}`,
  claim: `data-postgres-${ordinal}`,
  volume: "pvc",
  holding: undefined,
});

/** The member of this ordinal, which answers: a standby that runs, but for what `change` says. */
const there = (ordinal: number, change: Partial<Holding> = {}): Survivor => ({
  ...away(ordinal),
  holding: {
    member: `postgres-${ordinal}`,
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

const EMPTY = { timeline: 0, running: false, system_id: "" };
const DOWN = { running: false };
const SOLE_STANDBY = { primaries: [{ ...LED, standbys: ["postgres-1"], quorum: 0 }] };
const RENEWED = true;

describe("whether a rescue is needed", () => {
  test.each<[string, string | undefined, DatabaseState, Survivor[], boolean?]>([
    ["two of three lost, the primary among them", undefined, state(), [away(0), there(1), away(2)]],
    ["nobody answers", undefined, state(), [away(0), away(1), away(2)]],
    ["one that answers has no data", undefined, state(), [away(0), there(1), there(2, EMPTY)]],
    ["a primary leads", "postgres-0 leads", state(), [there(0, { in_recovery: false }), there(1), away(2)]],
    [
      "a primary that does not answer renews its lock",
      "postgres-0 leads",
      state(),
      [away(0), there(1), away(2)],
      RENEWED,
    ],
    [
      "a standby holds the lock that the fence refuses",
      undefined,
      state({ holder: "postgres-1" }),
      [away(0), there(1), away(2)],
      RENEWED,
    ],
    ["a quorum is left", "postgres-1 or postgres-2 can lead without any loss", state(), [away(0), there(1), there(2)]],
    [
      "a quorum is left, and failover is paused",
      "`patronictl resume`",
      state({ paused: true }),
      [away(0), there(1), there(2)],
    ],
    [
      "one standby is down and could come back",
      "With postgres-2 running again nothing would be lost",
      state(),
      [away(0), there(1), there(2, DOWN)],
    ],
    [
      "the old primary answers and does not run",
      "With postgres-0 running again",
      state(),
      [there(0, DOWN), there(1), away(2)],
    ],
    [
      "the only one that acknowledged",
      "postgres-1 can lead without any loss",
      state(),
      [away(0), there(1, SOLE_STANDBY), away(2)],
    ],
  ])("%s", (_, expected, database, survivors, renewed = false) => {
    const said = notNeeded(database, survivors, renewed);
    if (expected === undefined) expect(said).toBeUndefined();
    else expect(said).toContain(expected);
  });
});

describe("whom to bring back instead", () => {
  it("is the last leader first", () => {
    expect(bringBack(state(), [away(0), there(1), away(2)])).toBe(
      "Better than any choice: bring postgres-0 (on node-of-postgres-0) back, which led last and has everything " +
        "that was acknowledged, or postgres-2 (on node-of-postgres-2).",
    );
  });

  it("is the leader that Patroni names, where nobody answers", () => {
    expect(bringBack(state(), [away(0), away(1)])).toContain("bring postgres-0 (on node-of-postgres-0) back");
  });

  it("is the last leader by the word of a member that answers, whatever Patroni has written", () => {
    const passedOn = [LED, { leader: "postgres-1", standbys: ["postgres-0", "postgres-2"], quorum: 1 }];
    const survivors = [away(0), away(1), there(2, { primaries: passedOn })];
    expect(bringBack(state(), survivors)).toContain("bring postgres-1 (on node-of-postgres-1) back");
  });

  it("is nobody where everybody answers or was in no quorum", () => {
    expect(bringBack(state(), [there(0), there(1)])).toBeUndefined();
    const alone = { primaries: [{ leader: "postgres-1", standbys: [], quorum: 0 }] };
    expect(bringBack(state(), [there(1, alone), away(2)])).toBeUndefined();
  });
});
