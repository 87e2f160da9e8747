import { describe, expect, test } from "vitest";
import type { Kept, Operation, Phase, StateObject } from "./journal";
import { type Observed, nextStep } from "./steps";

const STATE: StateObject[] = [
  { name: "postgres", labels: { a: "b" }, annotations: { optime: "7" } },
  { name: "postgres-config", labels: {}, annotations: { initialize: "1" } },
];
const use = (ordinal: number, set: string) => ({
  volume: `${set}-${ordinal}`,
  claim: `data-postgres-${ordinal}`,
  policy: "Delete",
});
const OWN: Kept = {
  id: "now",
  since: "2026-02-01T08:00:00.000Z",
  volumes: [use(0, "old"), use(1, "old")],
  state: STATE,
};
const BACK: Kept = { id: "before", since: "2026-01-01T08:00:00.000Z", volumes: [use(0, "back")], state: STATE };
const WISH = { id: "now", time: null, timeline: 2, backup: "20260131-021700F" };
const KEPT = [BACK, OWN];

const base = { id: "now", began: OWN.since, asked: "", members: 3 };
const restoring = (phase: Phase): Operation => ({ ...base, phase, source: { wish: WISH } });
const undoing = (phase: Phase, readLast = true): Operation => ({
  ...base,
  phase,
  source: { kept: "before", timelinesTaken: 3, readLast },
});

const EMPTY: Observed = { replicas: 0, pods: [], claims: [], volumes: [], state: [], backedUp: false };
const seen = (over: Partial<Observed>): Observed => ({ ...EMPTY, ...over });
const claim = (ordinal: number, volume?: string, over = {}) => ({
  name: `data-postgres-${ordinal}`,
  bound: volume !== undefined,
  ending: false,
  ...(volume ? { volume } : {}),
  ...over,
});
const old = (ordinal: number, over = {}) => ({
  name: `old-${ordinal}`,
  policy: "Delete",
  claim: { name: `data-postgres-${ordinal}`, uid: "u" },
  ...over,
});
const safe = { policy: "Retain", keptAs: "now" };
/** Steps of the tables below. */
const to = (phase: Phase) => ({ do: "phase", phase });
const wait = (until: string) => ({ do: "wait", until });
const of = (what: string, volume: string) => ({ do: what, volume: { volume } });
const release = (ordinal: number) => ({ do: "release", claim: `data-postgres-${ordinal}` });
const refuse = { do: "refuse" };
const back = (over = {}) => ({
  name: "back-0",
  policy: "Retain",
  keptAs: "before",
  claim: { name: "data-postgres-0", uid: "gone" },
  ...over,
});
const TAKEN = [{ ...STATE[0]!, annotations: { optime: "7", "holdfast.dev/timelines-taken": "3" } }, STATE[1]!];

type Row = [string, Operation, Observed, object];
const rows = (table: Row[]) =>
  test.each(table)("%s", (_what, operation, observed, step) =>
    expect(nextStep(operation, KEPT, observed)).toMatchObject(step),
  );

describe("before anything is taken away the pods end, whatever has started them", () => {
  rows([
    [
      "members are declared",
      restoring("stop"),
      seen({ replicas: 3, pods: ["postgres-0"] }),
      { do: "scale", replicas: 0 },
    ],
    ["pods still end", restoring("stop"), seen({ pods: ["postgres-0"] }), wait("ended")],
    ["started again while volumes go aside", restoring("aside"), seen({ replicas: 3 }), { do: "scale", replicas: 0 }],
    ["started again while they are filled", undoing("fill"), seen({ replicas: 3 }), { do: "scale", replicas: 0 }],
    ["all ended, Patroni's state known", restoring("stop"), EMPTY, to("aside")],
    ["timelines are not final yet", undoing("stop", false), seen({ pods: ["postgres-0"] }), wait("ended")],
    ["they are", undoing("stop", false), EMPTY, { do: "timelines" }],
    ["and were read", undoing("stop"), EMPTY, to("aside")],
  ]);

  test("Patroni's state is read when nobody writes it any more, once", () => {
    const { state, ...unread } = OWN;
    expect(nextStep(restoring("stop"), [unread], seen({ state: STATE }))).toEqual({ do: "save", state: STATE });
  });
});

describe("a claim goes when every old volume outlives it", () => {
  const claims = [claim(0, "old-0"), claim(1, "old-1")];
  rows([
    ["none is kept yet", restoring("aside"), seen({ claims, volumes: [old(0), old(1)] }), of("keep", "old-0")],
    ["one is kept", restoring("aside"), seen({ claims, volumes: [old(0, safe), old(1)] }), of("keep", "old-1")],
    [
      "retained, but not labelled",
      restoring("aside"),
      seen({ claims, volumes: [old(0, { policy: "Retain" }), old(1, safe)] }),
      of("keep", "old-0"),
    ],
    [
      "labelled, but somebody set it to Delete",
      restoring("aside"),
      seen({ claims, volumes: [old(0, safe), old(1, { keptAs: "now" })] }),
      of("keep", "old-1"),
    ],
    ["all are kept", restoring("aside"), seen({ claims, volumes: [old(0, safe), old(1, safe)] }), release(0)],
    [
      "the first goes",
      restoring("aside"),
      seen({ claims: [claim(0, "old-0", { ending: true }), claim(1, "old-1")], volumes: [old(0, safe), old(1, safe)] }),
      release(1),
    ],
    [
      "both go",
      restoring("aside"),
      seen({ claims: [claim(0, "old-0", { ending: true })], volumes: [old(0, safe)] }),
      wait("released"),
    ],
    ["one that never had a volume", restoring("aside"), seen({ claims: [claim(2)] }), release(2)],
    ["one whose volume is lost", restoring("aside"), seen({ claims: [claim(2, "lost-2")] }), release(2)],
    [
      "one that somebody else made meanwhile",
      restoring("aside"),
      seen({ claims: [claim(0, "new-0")], volumes: [{ name: "new-0", policy: "Delete" }] }),
      refuse,
    ],
    [
      "one that is to come back stays",
      undoing("aside"),
      seen({ claims: [claim(0, "back-0")], volumes: [back()] }),
      to("fill"),
    ],
    ["none is left", restoring("aside"), seen({ volumes: [old(0, safe), old(1, safe)] }), to("fill")],
  ]);
});

describe("new volumes are asked for when Patroni has forgotten the old database", () => {
  rows([
    ["it has not", restoring("fill"), seen({ state: STATE }), { do: "state", state: [] }],
    ["no wish", restoring("fill"), EMPTY, { do: "wish", wish: WISH }],
    ["a wish of before", restoring("fill"), seen({ wish: "earlier" }), { do: "wish", wish: WISH }],
    ["all is said", restoring("fill"), seen({ wish: "now" }), to("start")],
    ["somebody's claim is in the way", restoring("fill"), seen({ wish: "now", claims: [claim(0, "new-0")] }), refuse],
  ]);
});

describe("old volumes come back to the claims they had, and to no other", () => {
  rows([
    ["Patroni's state first", undoing("fill"), seen({ volumes: [back()] }), { do: "state", state: TAKEN }],
    [
      "a wish that was left goes",
      undoing("fill"),
      seen({ state: TAKEN, wish: "earlier", volumes: [back()] }),
      { do: "wish", wish: undefined },
    ],
    [
      "the claim of before is in its way",
      undoing("fill"),
      seen({ state: TAKEN, volumes: [back()] }),
      of("reserve", "back-0"),
    ],
    [
      "nobody's",
      undoing("fill"),
      seen({ state: TAKEN, volumes: [{ name: "back-0", policy: "Retain" }] }),
      of("reserve", "back-0"),
    ],
    [
      "reserved",
      undoing("fill"),
      seen({ state: TAKEN, volumes: [back({ claim: { name: "data-postgres-0" } })] }),
      of("claim", "back-0"),
    ],
    [
      "claimed",
      undoing("fill"),
      seen({
        state: TAKEN,
        claims: [claim(0, "back-0", { bound: false })],
        volumes: [back({ claim: { name: "data-postgres-0" } })],
      }),
      wait("bound"),
    ],
    ["bound", undoing("fill"), seen({ state: TAKEN, claims: [claim(0, "back-0")], volumes: [back()] }), to("start")],
    ["deleted by hand: the member copies the others", undoing("fill"), seen({ state: TAKEN }), to("start")],
  ]);
});

describe("the database starts, and things are put in order", () => {
  const primary = (timeline: number) => ({ name: "postgres-1", timeline });
  rows([
    ["not declared", restoring("start"), EMPTY, { do: "scale", replicas: 3 }],
    ["nobody writes", restoring("start"), seen({ replicas: 3 }), wait("writable")],
    ["a new empty database", restoring("start"), seen({ replicas: 3, primary: primary(1) }), refuse],
    ["restored", restoring("start"), seen({ replicas: 3, primary: primary(3) }), to("settle")],
    ["put back", undoing("start"), seen({ replicas: 3, primary: primary(1) }), to("settle")],
    ["the wish goes", restoring("settle"), seen({ wish: "now" }), { do: "wish", wish: undefined }],
    ["a backup", restoring("settle"), EMPTY, { do: "backup" }],
    ["all done", restoring("settle"), seen({ backedUp: true }), { do: "done" }],
    ["a volume in use again", undoing("settle"), seen({ volumes: [back()] }), of("unkeep", "back-0")],
    ["no backup after an undo", undoing("settle"), seen({ volumes: [back({ keptAs: undefined })] }), { do: "done" }],
  ]);
});
