import { describe, expect, test } from "vitest";
import { holds, kept, serves, type Stack, stack, T1, T2, used } from "../../../test/restore/fake-stack";
import { discard, restore, resume, undo } from "./flows";
import { deleteKept } from "./kept";
import { demandNothingUnfinished } from "./store";

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
  expect((await kept(session)).map(({ restoredTo }) => restoredTo)).toEqual([
    "2026-01-31 11:00:00 UTC",
    "2026-01-31 12:00:00 UTC",
  ]);
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
  expect((await cluster.get("endpoints", "postgres"))?.metadata?.annotations).toEqual({
    leader: "postgres-0",
    "holdfast.dev/timelines-taken": "2",
  });
});

describe("a timeline that is opened while an undo stops the members is passed over", () => {
  /** Has the database fail over when the repository has just been asked, while its members run. */
  const failsOver = ({ cluster }: Stack, answers: () => boolean): void => {
    const exec = cluster.exec.bind(cluster);
    cluster.exec = async (pod, container, ...program) => {
      const asked = program.at(-1)?.endsWith("backup.catalogue") ?? false;
      if (asked && !answers()) throw new Error("nobody runs who could be asked");
      const said = await exec(pod, container, ...program);
      if (asked && serves(cluster) !== undefined) cluster.database.archived += 1;
      return said;
    };
  };

  test.each([
    ["the repository's host tells", () => true],
    ["with an object store nobody runs who could tell", ({ cluster }: Stack) => serves(cluster) !== undefined],
  ])("%s", async (_, answers) => {
    const all = stack();
    await restore(all.session, { to: T2 });
    failsOver(all, () => answers(all));
    await undo(all.session, undefined);
    expect(serves(all.cluster)).toBe("ABC");
    expect(all.cluster.database.archiveBroken).toBe(false);
  });
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
    await expect(restore(session, { to: T2 })).rejects.toThrow(
      /No member can start; postgres-0: no such backup.*--undo/,
    );
    cluster.crashing = false;
    await resume(session);
    expect(serves(cluster)).toBe("AB");
  });

  test("a recovery fails behind the copy, and is tried again", async () => {
    const { cluster, session } = stack();
    cluster.database.recoveryFails = true;
    await expect(restore(session, { to: T2 })).rejects.toThrow(/No member accepts writes yet.*--resume.* waits on/);
    cluster.database.recoveryFails = false;
    await resume(session);
    expect(serves(cluster)).toBe("AB");
    expect(await cluster.get("configmap", "postgres-restore")).toBeUndefined();
  });

  test("old data is found by its labels when the journal is gone with the namespace", async () => {
    const { cluster, session } = stack();
    await restore(session, { to: T2 });
    const before = await kept(session);
    cluster.loseNamespace();
    expect((await kept(session)).map(({ id, volumes }) => [id, volumes])).toEqual(
      before.map(({ id, volumes }) => [id, volumes]),
    );
  });
});

describe("nothing is touched", () => {
  test.each<[string, (all: Stack) => void, RegExp]>([
    [
      "the moment can't be reached",
      ({ cluster }) => {
        cluster.choice = () => ({ ok: false, reason: "That moment lies in a gap." });
      },
      /^That moment lies in a gap\.$/,
    ],
    [
      "the repository does not answer",
      ({ cluster }) => {
        cluster.choice = undefined;
      },
      /Neither postgres-backup-0 nor .* Nothing was changed/,
    ],
    [
      "the user may not keep volumes",
      ({ cluster }) => {
        cluster.forbidden.add("patch persistentvolume");
      },
      /may not patch persistentvolume,/,
    ],
    [
      "a person says no",
      ({ session }) => {
        session.confirm = async () => false;
      },
      /^Nothing was changed\.$/,
    ],
  ])("%s", async (_why, arrange, message) => {
    const all = stack();
    arrange(all);
    await expect(restore(all.session, { to: T2 })).rejects.toThrow(message);
    expect(all.cluster.changes).toBe(0);
    expect(serves(all.cluster)).toBe("ABC");
  });
});

describe("discarding", () => {
  test("deletes what is kept and nothing else", async () => {
    const { cluster, session, asked } = stack();
    await restore(session, { to: T2 });
    await discard(session, undefined);
    expect(asked.at(-1)).toContain(
      "20260201-080001: the database as it ran until then, kept since 2026-02-01 08:00:01 UTC (3 volumes)",
    );
    expect(Object.values(cluster.stored())).toEqual(["AB", "AB", "AB"]);
    await expect(undo(session, undefined)).rejects.toThrow("No old data is kept");
    expect(await cluster.get("configmap", "postgres-restore-journal")).toBeUndefined();
  });

  test("one of several by its name", async () => {
    const { cluster, session } = stack();
    await restore(session, { to: T1 });
    await restore(session, { to: T2 });
    await expect(discard(session, "yesterday")).rejects.toThrow(
      /No old data is kept under the name yesterday; there is:\n {2}20260201/,
    );
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
