import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { describe, expect, it } from "vitest";
import { Unavailable } from "../errors.js";
import { Database, type AttemptOutcome } from "./database.js";
import { HostGroup } from "./host-group.js";
import type { HostPool } from "./host-pool.js";
import { parseLsn } from "./lsn.js";

/** What a fake server says to a statement; an Error is thrown. */
type Script = (text: string) => unknown;

const rows = (...list: object[]) => ({ command: "SELECT", rows: list });
const sql = (code: string, severity = "ERROR") =>
  Object.assign(new pg.DatabaseError("message", 0, "error"), { code, severity });

/** A server on which everything goes well. */
const well: Script = (text) => {
  if (text.includes("AS fit")) return [{}, {}, rows({ fit: true })];
  if (text.startsWith("COMMIT; ")) return [{ command: "COMMIT", rows: [] }, rows({ lsn: "0/20" })];
  return rows({ answer: 42 });
};

class FakeHost {
  healthy = true;
  size = 0;
  readonly said: string[] = [];
  readonly released: (boolean | undefined)[] = [];
  readonly reported: unknown[] = [];
  #notice: ((notice: object) => void) | undefined;

  constructor(
    private readonly script: Script,
    private readonly noticeAtCommit?: object,
    readonly max = 10,
  ) {}

  async connect() {
    return {
      on: (_event: string, listener: (notice: object) => void) => (this.#notice = listener),
      off: () => (this.#notice = undefined),
      release: (destroy?: boolean) => this.released.push(destroy),
      query: async ({ text }: { text: string }) => {
        this.said.push(text);
        if (text.startsWith("COMMIT") && this.noticeAtCommit) this.#notice?.(this.noticeAtCommit);
        const answer = this.script(text);
        if (answer instanceof Error) throw answer;
        return answer;
      },
    };
  }

  report(error: unknown) {
    this.reported.push(error);
  }
}

function database(primary: FakeHost[], replicas: FakeHost[], deadlineMs = 1_000) {
  const outcomes: [string, AttemptOutcome][] = [];
  const group = (hosts: FakeHost[]) => new HostGroup(hosts as unknown as HostPool[]);
  const limits = { writeDeadlineMs: deadlineMs, writeAttemptMs: 500, readDeadlineMs: deadlineMs, readAttemptMs: 500 };
  const made = new Database(group(primary), group(replicas), limits, (...outcome) => outcomes.push(outcome));
  return { database: made, outcomes };
}

const ask = (query: (text: string, values: unknown[]) => Promise<{ answer?: number }[]>) => query("SELECT 42", []);

describe("writes", () => {
  it("carry away the log position after the commit, asked for in the commit's own message", async () => {
    const host = new FakeHost(well);
    const { lsn, value } = await database([host], [host]).database.write(ask);
    expect({ lsn, value }).toEqual({ lsn: "0/20", value: [{ answer: 42 }] });
    expect(host.said[0]).toMatch(/^BEGIN; SET LOCAL statement_timeout = \d+$/);
    expect(host.said.at(-1)).toMatch(/^COMMIT; SELECT pg_current_wal_insert_lsn/);
    expect(host.released).toEqual([undefined]);
  });

  it("throw the connection to a demoted primary away and try the next", async () => {
    const demoted = new FakeHost((text) => (text.startsWith("SELECT 42") ? sql("25006") : well(text)));
    const promoted = new FakeHost(well);
    const { database: db, outcomes } = database([promoted, demoted], [promoted]);
    await db.write(ask);
    expect(demoted.released).toEqual([true]);
    expect(promoted.released).toEqual([undefined]);
    expect(outcomes).toEqual([
      ["primary", "retried"],
      ["primary", "ok"],
    ]);
  });

  it("don't believe a commit that comes with a warning", async () => {
    const doubtful = new FakeHost(well, { severity: "WARNING", message: "canceling wait for synchronous replication" });
    const sure = new FakeHost(well, { severity: "NOTICE", message: "nothing of importance" });
    const { database: db, outcomes } = database([sure, doubtful], [sure]);
    await db.write(ask);
    expect(outcomes.map(([, outcome]) => outcome)).toEqual(["retried", "ok"]);
    expect(sure.said).toHaveLength(3);
  });

  it("don't believe a commit that was a rollback", async () => {
    const host = new FakeHost((text) =>
      text.startsWith("COMMIT; ") ? [{ command: "ROLLBACK", rows: [] }, rows({ lsn: "0/1" })] : well(text),
    );
    await expect(database([host], [host], 100).database.write(ask)).rejects.toThrow(Unavailable);
  });

  it("end at the deadline with the reason for the last failure", async () => {
    const dead = new FakeHost(() => Object.assign(new Error("connect"), { code: "ECONNREFUSED" }));
    const start = performance.now();
    const failure = await database([dead], [dead], 200)
      .database.write(ask)
      .catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(Unavailable);
    expect((failure as Error).cause).toMatchObject({ code: "ECONNREFUSED" });
    expect(performance.now() - start).toBeGreaterThanOrEqual(195);
    expect(dead.released.every((destroyed) => destroyed === true)).toBe(true);
    expect(dead.released.length).toBeGreaterThan(1);
  });

  it("are not tried again after a mistake, and keep the connection", async () => {
    const host = new FakeHost((text) => (text.startsWith("SELECT 42") ? sql("42601") : well(text)));
    await expect(database([host], [host]).database.write(ask)).rejects.toMatchObject({ code: "42601" });
    expect(host.said).toHaveLength(3);
    expect(host.said[2]).toBe("ROLLBACK");
    expect(host.released).toEqual([false]);
  });
});

describe("more requests than connections", () => {
  /** A server that answers nothing until it is opened. */
  const shut = (max: number) => {
    let open = (): void => undefined;
    const opened = new Promise<void>((resolve) => (open = resolve));
    const script: Script = (text) => (text.startsWith("SELECT") ? opened.then(() => well(text)) : well(text));
    return { open, host: new FakeHost(script, undefined, max) };
  };

  it("are served in the order they came, no more at a time than there are connections", async () => {
    const { host, open } = shut(2);
    const { database: db } = database([host], [host]);
    const done: number[] = [];
    const all = [1, 2, 3, 4, 5].map((n) => db.write((query) => query(`SELECT ${n}`, [])).then(() => done.push(n)));
    await sleep(20);
    expect(host.said.filter((text) => text.startsWith("SELECT "))).toEqual(["SELECT 1", "SELECT 2"]);
    open();
    await Promise.all(all);
    expect(done).toEqual([1, 2, 3, 4, 5]);
  });

  it("are answered at their deadline though their turn has not come, and the next one is served", async () => {
    const { host, open } = shut(1);
    const { database: db } = database([host], [host], 100);
    const ends = [1, 2].map((n) => db.write((query) => query(`SELECT ${n}`, [])).catch((error: unknown) => error));
    expect(await ends[1]).toBeInstanceOf(Unavailable);
    open();
    await expect(db.write(ask)).resolves.toMatchObject({ value: [{ answer: 42 }] });
  });
});

describe("more requests than can be served in time", () => {
  it("are not begun when their turn comes too late, and those behind them are served", async () => {
    const busy = new FakeHost(
      (text) => (text.startsWith("SELECT first") ? sleep(1_800).then(() => well(text)) : well(text)),
      undefined,
      1,
    );
    const made = database([busy], [busy], 2_000);
    const first = made.database.write((query) => query("SELECT first", [])).catch((error: unknown) => error);
    const late = made.database.write((query) => query("SELECT late", [])).catch((error: unknown) => error);
    await sleep(1_400);
    const next = made.database.write((query) => query("SELECT next", []));
    await first;
    expect(await late).toBeInstanceOf(Unavailable);
    await next;
    expect(busy.said.filter((text) => text.startsWith("SELECT "))).toEqual(["SELECT first", "SELECT next"]);
  });
});

describe("reads", () => {
  it("go to a replica, with the session's check before the read and in its transaction", async () => {
    const primary = new FakeHost(well);
    const replica = new FakeHost(well);
    await database([primary], [replica]).database.read(ask, { after: parseLsn("16/B3") });
    expect(replica.said[0]).toMatch(/^BEGIN READ ONLY; .*pg_last_wal_replay_lsn\(\) >= '16\/B3'/);
    expect(replica.said.slice(1)).toEqual(["SELECT 42", "COMMIT"]);
    expect(primary.said).toEqual([]);
  });

  it("leave a replica that lags behind the session for the primary, and keep the connection", async () => {
    const primary = new FakeHost(well);
    const lagging = new FakeHost((text) => (text.includes("AS fit") ? [{}, {}, rows({ fit: false })] : well(text)));
    const { database: db, outcomes } = database([primary], [lagging]);
    await db.read(ask, { after: parseLsn("16/B3") });
    expect(lagging.said.at(-1)).toBe("ROLLBACK");
    expect(lagging.released).toEqual([false]);
    expect(outcomes).toEqual([
      ["replica", "stale"],
      ["primary", "ok"],
    ]);
  });

  it("go on from a replica while the primary is away", async () => {
    const dead = new FakeHost(() => sql("57P03", "FATAL"));
    await expect(database([dead], [new FakeHost(well)]).database.read(ask)).resolves.toEqual([{ answer: 42 }]);
    expect(dead.said).toEqual([]);
  });

  it("spare a replica that is known to be away the question", async () => {
    const away = new FakeHost(well);
    away.healthy = false;
    await database([new FakeHost(well)], [away]).database.read(ask);
    expect(away.said).toEqual([]);
  });

  it("that are strict ask a primary, and make sure that it is one", async () => {
    const demoted = new FakeHost((text) => (text.includes("AS fit") ? [{}, {}, rows({ fit: false })] : well(text)));
    const replica = new FakeHost(well);
    await expect(database([demoted], [replica], 100).database.read(ask, { strict: true })).rejects.toThrow(Unavailable);
    expect(demoted.said[0]).toContain("NOT pg_is_in_recovery()");
    expect(replica.said).toEqual([]);
  });
});
