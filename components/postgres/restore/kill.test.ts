import { describe, expect, test } from "vitest";
import { Killed, NAMESPACE } from "../../../test/restore/fake-cluster";
import { holds, kept, serves, type Stack, stack, T1, T2, used } from "../../../test/restore/fake-stack";
import { discard, restore, resume, type Session, undo } from "./flows";
import { demandNothingUnfinished, openStore } from "./store";

describe("killed at any moment", () => {
  /** How many changes the whole command makes. */
  async function changesOf(
    run: (session: Session) => Promise<void>,
    before: (session: Session) => Promise<void>,
  ): Promise<[number, number]> {
    const { cluster, session } = stack();
    await before(session);
    const first = cluster.changes;
    await run(session);
    return [first, cluster.changes];
  }

  async function everyKill(
    run: (session: Session) => Promise<void>,
    before: (session: Session) => Promise<void>,
    check: (all: Stack) => Promise<void>,
  ): Promise<void> {
    const [first, end] = await changesOf(run, before);
    expect(end - first).toBeGreaterThan(10);
    for (let change = first; change < end; change += 1) {
      for (const after of [false, true]) {
        const all = stack();
        await before(all.session);
        all.cluster.killAt = { change, after };
        await expect(run(all.session), `killed at change ${change}`).rejects.toThrow(Killed);
        all.cluster.killAt = undefined;
        expect(holds(all.cluster, "ABC"), `the old data, killed at change ${change}`).toBe(3);
        await check(all);
      }
    }
  }

  const nothing = async (): Promise<void> => undefined;
  const toT2 = (session: Session): Promise<void> => restore(session, { to: T2 });
  const back = (session: Session): Promise<void> => undo(session, undefined);

  /** Nothing half done: the data that is wanted serves, the volumes in use are what they were, and the rest is kept. */
  async function whole({ cluster, session }: Stack, orders: string): Promise<void> {
    expect(serves(cluster)).toBe(orders);
    expect(await used(cluster)).toEqual(["Delete 0", "Delete 0", "Delete 0"]);
    expect(await cluster.get("configmap", "postgres-restore")).toBeUndefined();
    expect(holds(cluster, "ABC")).toBe(3);
    expect(cluster.database.archiveBroken).toBe(false);
    await expect(demandNothingUnfinished(cluster)).resolves.toBeUndefined();
    for (const { volumes, state } of await kept(session)) {
      expect(volumes.length).toBe(3);
      expect(
        state?.find(({ name }) => name === "postgres-sync")?.annotations,
        "Patroni's state is that of the same database",
      ).toEqual({ ran: cluster.stored()[volumes[0]!.volume] });
    }
  }

  test("a restore goes on with the same command typed again", () =>
    everyKill(toT2, nothing, async (all) => {
      await toT2(all.session);
      await whole(all, "AB");
    }));

  test("nothing else may be done meanwhile, and --resume goes on", () =>
    everyKill(toT2, nothing, async (all) => {
      const { journal } = await openStore(all.cluster, NAMESPACE);
      if (!journal.operation) return;
      const { changes } = all.cluster;
      const message =
        /-- --to '2026-01-31T12:00:00Z'`, begun at 2026-02-01 08:00:01 UTC, is not finished: `npm run restore -- --resume/;
      await expect(demandNothingUnfinished(all.cluster)).rejects.toThrow(message);
      await expect(restore(all.session, { to: T1 })).rejects.toThrow(message);
      await expect(discard(all.session, undefined)).rejects.toThrow(message);
      expect(all.cluster.changes).toBe(changes);
      await resume(all.session);
      await whole(all, "AB");
    }));

  test("a restore is left for the old data", () =>
    everyKill(toT2, nothing, async (all) => {
      if ((await kept(all.session)).length === 0) return;
      await back(all.session);
      await whole(all, "ABC");
    }));

  test("an undo goes on", () =>
    everyKill(back, toT2, async (all) => {
      const { operation } = (await openStore(all.cluster, NAMESPACE)).journal;
      await (operation ? resume(all.session) : serves(all.cluster) === "ABC" ? nothing() : back(all.session));
      await whole(all, "ABC");
    }));

  test("an undo is left for what was there before it", () =>
    everyKill(back, toT2, async (all) => {
      const { operation } = (await openStore(all.cluster, NAMESPACE)).journal;
      if (!operation) return;
      await back(all.session);
      await whole(all, "AB");
    }));

  test("with the members running again in the middle, nobody else's volume is taken for an old one", () =>
    everyKill(toT2, nothing, async ({ cluster, session }) => {
      await cluster.patch("statefulset", "postgres", { spec: { replicas: 3 } });
      await resume(session).catch(() => undefined);
      expect(holds(cluster, "ABC")).toBeGreaterThanOrEqual(3);
    }));
});
