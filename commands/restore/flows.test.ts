import { describe, expect, test } from "vitest";
import { FakeCluster, Killed, NAMESPACE } from "./fake-cluster";
import { discard, restore, resume, type Session, undo } from "./flows";
import { deleteKept } from "./kept";
import { demandNothingUnfinished, openStore } from "./store";

const T1 = "2026-01-31T11:00:00Z";
const T2 = "2026-01-31T12:00:00Z";
/** Orders A, then T1, then B, then T2, then C. */
const HISTORY = { "2026-01-31 11:00:00+00": "A", "2026-01-31 12:00:00+00": "AB", end: "ABC" };

/** A command on a stand-in: the cluster, what the command works with, what it said and asked. */
interface Stack {
  cluster: FakeCluster;
  session: Session;
  said: string[];
  asked: string[];
}

/** A stack whose running database holds A, B and C, and a repository that knows all of it. */
function stack(orders: string | null = "ABC"): Stack {
  const cluster = new FakeCluster(orders);
  for (const [moment, held] of Object.entries(HISTORY)) cluster.database.repository.set(moment, held);
  cluster.choice = (args) => ({ ok: true, backup: "20260131-021700F", timeline: 1, target: /--to (.*)/.exec(args)?.[1] ?? null });
  const said: string[] = [];
  const asked: string[] = [];
  let second = 0;
  const session: Session = {
    objects: cluster, namespace: NAMESPACE, members: 3,
    say: (line) => said.push(line), pause: async () => undefined,
    now: () => new Date(Date.UTC(2026, 1, 1, 8, 0, (second += 1))),
    confirm: async (question) => asked.push(question) > 0,
  };
  return { cluster, session, said, asked };
}

const serves = (cluster: FakeCluster): string | undefined => cluster.database.serves?.orders;
const holds = (cluster: FakeCluster, orders: string): number => Object.values(cluster.stored()).filter((one) => one === orders).length;
const kept = async (session: Session) => (await openStore(session.objects, NAMESPACE)).journal.kept;
/** Reclaim policies and labels of the volumes that members use. */
async function used(cluster: FakeCluster): Promise<string[]> {
  return (await cluster.list("persistentvolume")).filter(({ status }) => status?.phase === "Bound")
    .map(({ spec, metadata }) => `${spec?.persistentVolumeReclaimPolicy} ${Object.keys(metadata?.labels ?? {}).length}`);
}

test("a restore brings the moment, keeps what was there, and leaves no wish behind", async () => {
  const { cluster, session, said } = stack();
  await restore(session, { to: T2 });
  expect(serves(cluster)).toBe("AB");
  expect(holds(cluster, "ABC")).toBe(3);
  expect(await cluster.get("configmap", "postgres-restore")).toBeUndefined();
  expect(await cluster.get("job", "postgres-backup-after-20260201-080001")).toBeDefined();
  expect(await used(cluster)).toEqual(["Delete 0", "Delete 0", "Delete 0"]);
  await expect(demandNothingUnfinished(cluster)).resolves.toBeUndefined();
  expect(said.at(-1)).toContain("`npm run restore -- --undo 20260201-080001` goes back to it");
});

test("a second restore reaches what the first left out, and undo brings everything back", async () => {
  const { cluster, session } = stack();
  await restore(session, { to: T1 });
  expect(serves(cluster)).toBe("A");
  await restore(session, { to: T2 });
  expect(serves(cluster)).toBe("AB");
  await undo(session, undefined);
  expect(serves(cluster)).toBe("ABC");
  expect((await kept(session)).map(({ restoredTo }) => restoredTo)).toEqual(["2026-01-31 11:00:00 UTC", "2026-01-31 12:00:00 UTC"]);
  expect(cluster.database.archiveBroken).toBe(false);
  expect(await used(cluster)).toEqual(["Delete 0", "Delete 0", "Delete 0"]);
});

test("an undo can be undone", async () => {
  const { cluster, session } = stack();
  await restore(session, { to: T2 });
  await undo(session, undefined);
  await undo(session, undefined);
  expect(serves(cluster)).toBe("AB");
  expect(holds(cluster, "ABC")).toBe(3);
  expect(cluster.database.archiveBroken).toBe(false);
});

test("Patroni's state comes back with the data that it is about", async () => {
  const { cluster, session } = stack();
  await restore(session, { to: T2 });
  expect((await cluster.get("endpoints", "postgres-sync"))?.metadata?.annotations).toEqual({ ran: "AB" });
  await undo(session, undefined);
  expect((await cluster.get("endpoints", "postgres-sync"))?.metadata?.annotations).toEqual({ ran: "ABC" });
  expect((await cluster.get("endpoints", "postgres"))?.metadata?.annotations).toEqual({ leader: "postgres-0", "holdfast.dev/timelines-taken": "2" });
});

describe("the repository is all there is", () => {
  test("every claim is lost", async () => {
    const { cluster, session } = stack(null);
    await restore(session, {});
    expect(serves(cluster)).toBe("ABC");
    expect(await kept(session)).toEqual([]);
  });

  test("the members crash", async () => {
    const { cluster, session } = stack();
    cluster.crashing = true;
    await expect(restore(session, { to: T2 })).rejects.toThrow(/No member can start; postgres-0: no such backup.*--undo/);
    cluster.crashing = false;
    await resume(session);
    expect(serves(cluster)).toBe("AB");
  });

  test("old data is found by its labels when the journal is gone with the namespace", async () => {
    const { cluster, session } = stack();
    await restore(session, { to: T2 });
    const before = await kept(session);
    cluster.loseNamespace();
    expect((await kept(session)).map(({ id, volumes }) => [id, volumes])).toEqual(before.map(({ id, volumes }) => [id, volumes]));
  });
});

describe("nothing is touched", () => {
  test.each<[string, (all: Stack) => void, RegExp]>([
    ["the moment can't be reached", ({ cluster }) => { cluster.choice = () => ({ ok: false, reason: "That moment lies in a gap." }); }, /^That moment lies in a gap\.$/],
    ["the repository does not answer", ({ cluster }) => { cluster.choice = undefined; }, /Neither postgres-backup-0 nor .* Nothing was changed/],
    ["the user may not keep volumes", ({ cluster }) => { cluster.forbidden.add("patch persistentvolume"); }, /may not patch persistentvolume,/],
    ["a person says no", ({ session }) => { session.confirm = async () => false; }, /^Nothing was changed\.$/],
  ])("%s", async (_why, arrange, message) => {
    const all = stack();
    arrange(all);
    await expect(restore(all.session, { to: T2 })).rejects.toThrow(message);
    expect(all.cluster.changes).toBe(0);
    expect(serves(all.cluster)).toBe("ABC");
  });
});

describe("killed at any moment", () => {
  /** How many changes the whole command makes. */
  async function changesOf(run: (session: Session) => Promise<void>, before: (session: Session) => Promise<void>): Promise<[number, number]> {
    const { cluster, session } = stack();
    await before(session);
    const first = cluster.changes;
    await run(session);
    return [first, cluster.changes];
  }

  async function everyKill(run: (session: Session) => Promise<void>, before: (session: Session) => Promise<void>, check: (all: Stack) => Promise<void>): Promise<void> {
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
    expect((await kept(session)).every(({ volumes }) => volumes.length === 3)).toBe(true);
  }

  test("a restore goes on with the same command typed again", () => everyKill(toT2, nothing, async (all) => {
    await toT2(all.session);
    await whole(all, "AB");
  }));

  test("nothing else may be done meanwhile, and --resume goes on", () => everyKill(toT2, nothing, async (all) => {
    const { journal } = await openStore(all.cluster, NAMESPACE);
    if (!journal.operation) return;
    const { changes } = all.cluster;
    const message = /`npm run restore -- --to '2026-01-31T12:00:00Z'`, begun at 2026-02-01 08:00:01 UTC, is not finished: `npm run restore -- --resume` goes on/;
    await expect(demandNothingUnfinished(all.cluster)).rejects.toThrow(message);
    await expect(restore(all.session, { to: T1 })).rejects.toThrow(message);
    await expect(discard(all.session, undefined)).rejects.toThrow(message);
    expect(all.cluster.changes).toBe(changes);
    await resume(all.session);
    await whole(all, "AB");
  }));

  test("a restore is left for the old data", () => everyKill(toT2, nothing, async (all) => {
    if ((await kept(all.session)).length === 0) return;
    await back(all.session);
    await whole(all, "ABC");
  }));

  test("an undo goes on", () => everyKill(back, toT2, async (all) => {
    const { operation } = (await openStore(all.cluster, NAMESPACE)).journal;
    await (operation ? resume(all.session) : serves(all.cluster) === "ABC" ? nothing() : back(all.session));
    await whole(all, "ABC");
  }));

  test("an undo is left for what was there before it", () => everyKill(back, toT2, async (all) => {
    const { operation } = (await openStore(all.cluster, NAMESPACE)).journal;
    if (!operation) return;
    await back(all.session);
    await whole(all, "AB");
  }));

  test("with the members running again in the middle, nobody else's volume is taken for an old one", () => everyKill(toT2, nothing, async ({ cluster, session }) => {
    await cluster.patch("statefulset", "postgres", { spec: { replicas: 3 } });
    await resume(session).catch(() => undefined);
    expect(holds(cluster, "ABC")).toBeGreaterThanOrEqual(3);
  }));
});

describe("discarding", () => {
  test("deletes what is kept and nothing else", async () => {
    const { cluster, session, asked } = stack();
    await restore(session, { to: T2 });
    await discard(session, undefined);
    expect(asked.at(-1)).toContain("20260201-080001: the database as it ran until then, kept since 2026-02-01 08:00:01 UTC (3 volumes)");
    expect(Object.values(cluster.stored())).toEqual(["AB", "AB", "AB"]);
    await expect(undo(session, undefined)).rejects.toThrow("No old data is kept");
    expect(await cluster.get("configmap", "postgres-restore-journal")).toBeUndefined();
  });

  test("one of several by its name", async () => {
    const { cluster, session } = stack();
    await restore(session, { to: T1 });
    await restore(session, { to: T2 });
    await expect(discard(session, "yesterday")).rejects.toThrow(/No old data is kept under the name yesterday; there is:\n {2}20260201/);
    const [, tried] = await kept(session);
    await discard(session, tried?.id);
    expect([holds(cluster, "ABC"), holds(cluster, "A"), holds(cluster, "AB")]).toEqual([3, 0, 3]);
  });

  test("`down` leaves nothing, also in the middle of an undo", async () => {
    const { cluster, session } = stack();
    await restore(session, { to: T2 });
    cluster.crashing = true;
    await expect(undo(session, undefined)).rejects.toThrow("No member can start");
    cluster.loseNamespace();
    expect(await deleteKept(session)).toEqual([]);
    expect(cluster.disks.size).toBe(0);
  });
});

test("a restore that is carried on from another machine as well is refused", async () => {
  const { cluster, session } = stack();
  const { pause } = session;
  cluster.crashing = true;
  session.pause = async () => {
    await cluster.patch("configmap", "postgres-restore-journal", { metadata: { annotations: { other: "machine" } } });
    cluster.crashing = false;
    session.pause = pause;
  };
  await expect(restore(session, { to: T2 })).rejects.toThrow(/Another command, on another machine/);
});
