import { describe, expect, it, test } from "vitest";
import { databaseState, effective, suspects, type Endpoints, type Known } from "./database-state";

const endpoints = (name: string, annotations: Record<string, string>, managedFields: Endpoints["metadata"]["managedFields"] = []): Endpoints =>
  ({ metadata: { name, annotations, managedFields } });

const sync = { leader: "postgres-0", standbys: ["postgres-1", "postgres-2"], quorum: 1 };
const promoted = (member: string, after: string): Known["promotion"] => ({ member, after, timeline: 5, at: 1 });

describe("the state after the last promotion", () => {
  test.each<[string, Known, Known["sync"]]>([
    ["nobody was let through", { sync, promotion: undefined }, sync],
    ["Patroni has not written it yet", { sync, promotion: promoted("postgres-1", "postgres-0") }, { leader: "postgres-1", standbys: ["postgres-0", "postgres-2"], quorum: 1 }],
    ["somebody from outside", { sync, promotion: promoted("postgres-3", "postgres-0") }, { leader: "postgres-3", standbys: ["postgres-0", "postgres-1", "postgres-2"], quorum: 1 }],
    ["Patroni has written it", { sync, promotion: promoted("postgres-0", "postgres-1") }, sync],
    ["the old leader came back", { sync, promotion: promoted("postgres-0", "postgres-0") }, sync],
    ["nobody knows who led", { sync: { leader: "", standbys: [], quorum: 0 }, promotion: promoted("postgres-1", "") }, { leader: "", standbys: [], quorum: 0 }],
  ])("%s", (_, known, expected) => expect(effective(known)).toEqual(expected));
});

test("the primary before is a suspect as long as the promotion is not known to have taken place", () => {
  const known = { sync, promotion: promoted("postgres-1", "postgres-0") };
  expect(suspects(known, 4).map(({ leader }) => leader)).toEqual(["postgres-0", "postgres-1"]);
  expect(suspects(known, 5).map(({ leader }) => leader)).toEqual(["postgres-1"]);
  expect(suspects({ sync, promotion: undefined }, 4).map(({ leader }) => leader)).toEqual(["postgres-0"]);
});

describe("Patroni's Endpoints", () => {
  const order = JSON.stringify({ id: "a", member: "postgres-1", at: 1795953603, by: "eve@laptop", state: sync });

  it("tell who holds the lock and who may have acknowledged", () => {
    const state = databaseState([
      endpoints("postgres", { leader: "postgres-0", renewTime: "t" }),
      endpoints("postgres-sync", { leader: "postgres-0", sync_standby: "postgres-2,postgres-1", quorum: "1" }),
    ]);
    expect(state).toEqual({ holder: "postgres-0", renewed: "t", known: { sync, promotion: undefined }, paused: false, pausedSince: undefined, order: undefined });
  });

  it("tell of a pause, and since when it can be at most", () => {
    const fields = [{ time: "2026-11-29T11:00:00Z", fieldsV1: { "f:metadata": { "f:annotations": { "f:history": {} } } } },
      { time: "2026-11-29T12:00:00Z", fieldsV1: { "f:metadata": { "f:annotations": { "f:config": {} } } } }];
    expect(databaseState([endpoints("postgres-config", { config: '{"pause":true,"ttl":20}' }, fields)])).toMatchObject({ paused: true, pausedSince: "2026-11-29T12:00:00Z" });
    expect(databaseState([endpoints("postgres-config", { config: '{"ttl":20}' }, fields)])).toMatchObject({ paused: false, pausedSince: undefined });
  });

  const letThrough = (at: number) => ({ "holdfast.dev/promotion": JSON.stringify({ member: "postgres-1", after: "postgres-0", timeline: 5, at }) });
  test.each([
    ["nobody has carried out", {}, true],
    ["came after the last promotion", letThrough(1795953600), true],
    ["has been carried out, or overtaken", letThrough(1795953610), false],
  ])("tell of an order that %s", (_, annotations, there) => {
    const state = databaseState([endpoints("postgres-config", { "holdfast.dev/rescue": order, ...annotations })]);
    expect(state.order !== undefined).toBe(there);
  });

  it("say nothing where there is nothing, or nothing that can be read", () => {
    expect(databaseState([]).known.sync).toEqual({ leader: "", standbys: [], quorum: 0 });
    expect(databaseState([endpoints("postgres-config", { config: "{", "holdfast.dev/rescue": "?" })])).toMatchObject({ paused: false, order: undefined });
  });
});
