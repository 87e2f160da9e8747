import { describe, expect, it, test } from "vitest";
import { databaseState, type Endpoints } from "./patroni-state";

const endpoints = (
  name: string,
  annotations: Record<string, string>,
  managedFields: Endpoints["metadata"]["managedFields"] = [],
): Endpoints => ({ metadata: { name, annotations, managedFields } });

const sync = { leader: "postgres-0", standbys: ["postgres-1", "postgres-2"], quorum: 1 };
describe("Patroni's Endpoints", () => {
  const order = JSON.stringify({ id: "a", member: "postgres-1", at: 1795953603, by: "eve@laptop", state: sync });

  it("tell who holds the lock and who may have acknowledged", () => {
    const state = databaseState([
      endpoints("postgres", { leader: "postgres-0", renewTime: "t" }),
      endpoints("postgres-sync", { leader: "postgres-0", sync_standby: "postgres-2,postgres-1", quorum: "1" }),
    ]);
    expect(state).toEqual({
      holder: "postgres-0",
      renewed: "t",
      kept: { config: {}, sync: { leader: "postgres-0", sync_standby: "postgres-2,postgres-1", quorum: "1" } },
      written: sync,
      paused: false,
      pausedSince: undefined,
      rescue: undefined,
    });
  });

  it("are passed on with what the fence goes by, and without what is long", () => {
    const { kept } = databaseState([
      endpoints("postgres-config", { history: "[]", config: "{}", "holdfast.dev/promotion": "{}" }),
      endpoints("postgres-sync", { leader: "postgres-0", "holdfast.dev/fenced": "x" }),
    ]);
    expect(kept).toEqual({ config: { "holdfast.dev/promotion": "{}" }, sync: { leader: "postgres-0" } });
    expect(databaseState([]).kept).toEqual({ config: {}, sync: null });
  });

  it("tell of a pause, and since when it can be at most", () => {
    const fields = [
      { time: "2026-11-29T11:00:00Z", fieldsV1: { "f:metadata": { "f:annotations": { "f:history": {} } } } },
      { time: "2026-11-29T12:00:00Z", fieldsV1: { "f:metadata": { "f:annotations": { "f:config": {} } } } },
    ];
    expect(databaseState([endpoints("postgres-config", { config: '{"pause":true,"ttl":20}' }, fields)])).toMatchObject({
      paused: true,
      pausedSince: "2026-11-29T12:00:00Z",
    });
    expect(databaseState([endpoints("postgres-config", { config: '{"ttl":20}' }, fields)])).toMatchObject({
      paused: false,
      pausedSince: undefined,
    });
  });

  const letThrough = (at: number) => ({
    "holdfast.dev/promotion": JSON.stringify({ member: "postgres-1", after: "postgres-0", timeline: 5, at }),
  });
  test.each([
    ["nobody has carried out", {}, true],
    ["came after the last promotion", letThrough(1795953600), true],
    ["has been carried out, or overtaken", letThrough(1795953610), false],
  ])("tell of an order that %s", (_, annotations, there) => {
    const state = databaseState([endpoints("postgres-config", { "holdfast.dev/rescue": order, ...annotations })]);
    expect(state.rescue !== undefined).toBe(there);
  });

  it("say nothing where there is nothing, or nothing that can be read", () => {
    expect(databaseState([]).written).toEqual({ leader: "", standbys: [], quorum: 0 });
    expect(databaseState([endpoints("postgres-config", { config: "{", "holdfast.dev/rescue": "?" })])).toMatchObject({
      paused: false,
      rescue: undefined,
    });
  });
});
