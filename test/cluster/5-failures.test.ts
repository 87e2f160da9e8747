import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { expect, test } from "vitest";
import { lockRenewed } from "../../components/postgres/operations";
import { repository } from "../../local/paths";
import { eventually, inStack, primary, stack } from "../support/live";

/** What is read of a drill's documented result. */
interface Result {
  runs: {
    writes: { sent: number; acknowledged: number; outageSeconds: number; lost: number; duplicates: number };
    reads: { sent: number; stale: number };
  }[];
}

/** Drills that need no node to be lost: they leave the machine as it is and end within two minutes. */
const HARMLESS = ["postgres-primary-deleted", "postgres-postmaster-killed", "redis-primary-deleted"];

test.for(HARMLESS)(
  "%s: the shop works again within 15 s, and nothing acknowledged is lost",
  async (drill, { signal, onTestFinished }) => {
    const file = join(mkdtempSync(join(tmpdir(), "holdfast-drill-")), "result.json");
    // A promise in seconds that a slow machine misses is no failure here: only a drill that could not be done is.
    // Out of time it is asked to heal what it broke and to end, or the next one would find it still at work.
    const end = { cancelSignal: signal, killSignal: "SIGINT", forceKillAfterDelay: 90_000 } as const;
    const running = execa("npm", ["run", "-s", "drill", "--", "run", drill, "--json", file], {
      cwd: repository,
      all: true,
      reject: false,
      ...end,
    });
    onTestFinished(async () => void (await running));
    const { exitCode, all } = await running;
    expect([0, 1], all).toContain(exitCode);
    const { runs } = JSON.parse(readFileSync(file, "utf8")) as Result;
    expect(runs).toHaveLength(1);
    for (const { writes, reads } of runs) {
      expect(writes.acknowledged).toBeGreaterThan(100);
      expect(reads.sent).toBeGreaterThan(100);
      expect(writes.lost).toBe(0);
      expect(writes.duplicates).toBe(0);
      expect(reads.stale).toBe(0);
      // The promises are far lower; this is the bound of a broken one, on any machine.
      expect(writes.outageSeconds).toBeLessThan(15);
    }
  },
);

test(
  "the Services of the primary and of the standbys lead to who is that now, and are not written anew with every " +
    "renewal of the lock",
  async () => {
    interface Slice {
      metadata: { resourceVersion: string };
      endpoints: { targetRef: { name: string } }[];
    }
    const found = async <T>(...args: string[]): Promise<T> =>
      JSON.parse(await inStack("get", ...args, "-o", "json")) as T;
    const renewal = async () => lockRenewed(await stack.get("endpoints", "postgres"));
    const slices = async (service: string): Promise<Slice[]> =>
      (await found<{ items: Slice[] }>("endpointslices", "-l", `kubernetes.io/service-name=${service}`)).items;
    const names = (all: Slice[]): string[] =>
      all.flatMap(({ endpoints }) => (endpoints ?? []).map(({ targetRef }) => targetRef.name)).sort();
    const members = ["postgres-0", "postgres-1", "postgres-2"];

    const { before, renewed } = await eventually(async () => {
      const [leader, renewed, led, replicas] = await Promise.all([
        primary(),
        renewal(),
        slices("postgres"),
        slices("postgres-replicas"),
      ]);
      expect(names(led)).toEqual([leader]);
      expect(names(replicas)).toEqual(members.filter((name) => name !== leader));
      return { before: led, renewed };
    }, 60);
    await eventually(async () => expect(await renewal()).not.toBe(renewed), 20);
    expect((await slices("postgres")).map(({ metadata }) => metadata.resourceVersion)).toEqual(
      before.map(({ metadata }) => metadata.resourceVersion),
    );

    for (const service of ["postgres", "postgres-replicas"]) {
      const address = await inStack("get", "service", service, "-o", "jsonpath={.spec.clusterIP}");
      await inStack(
        "exec",
        "postgres-pooler-0",
        "-c",
        "agent",
        "--",
        "python3",
        "-c",
        `import socket; socket.create_connection(("${address}", 5432), 5)`,
      );
    }
  },
);

test(
  "what is written moves each member's position, and changes its pod for that every ten seconds and not with every " +
    "look",
  async () => {
    interface Member {
      metadata: { name: string; annotations: { status: string } };
    }
    const positions = async (): Promise<Map<string, number>> => {
      const pods = JSON.parse(
        await inStack(
          "get",
          "pods",
          "-l",
          "app.kubernetes.io/name=postgres,app.kubernetes.io/component=database",
          "-o",
          "json",
        ),
      ) as { items: Member[] };
      return new Map(
        pods.items.map(({ metadata }) => [
          metadata.name,
          (JSON.parse(metadata.annotations.status) as { xlog_location: number }).xlog_location,
        ]),
      );
    };
    const leader = await primary();
    const write = (): Promise<string> =>
      inStack(
        "exec",
        leader,
        "-c",
        "postgres",
        "--",
        "psql",
        "-h",
        "/run/postgresql",
        "-U",
        "postgres",
        "-AXtc",
        "SELECT pg_wal_lsn_diff(pg_logical_emit_message(true, 'test', ''), '0/0')",
      );

    const written = Number(await write());
    const started = Date.now();
    const seen = new Map<string, Set<number>>();
    await eventually(async () => {
      await write();
      for (const [name, position] of await positions()) seen.set(name, (seen.get(name) ?? new Set()).add(position));
      expect([...seen].map(([name, all]) => [name, Math.max(...all) >= written])).toEqual(
        ["postgres-0", "postgres-1", "postgres-2"].map((name) => [name, true]),
      );
      expect(Date.now() - started).toBeGreaterThan(12_000);
    }, 60);
    const most = 1 + Math.ceil((Date.now() - started) / 10_000);
    for (const [name, all] of seen) expect(all.size, name).toBeLessThanOrEqual(most);
  },
);

test("the primary waits for members by name, and no member has tried to wait for what PostgreSQL refuses", async () => {
  const refused = 'invalid value for parameter "synchronous_standby_names"';
  for (const name of ["postgres-0", "postgres-1", "postgres-2"]) {
    // As far back as the node keeps them: what is gone from there fails nobody.
    expect(
      (await inStack("logs", name, "-c", "postgres", "--limit-bytes=50000000"))
        .split("\n")
        .filter((line) => line.includes(refused)),
      name,
    ).toEqual([]);
  }
  const leader = await primary();
  const waits = await inStack(
    "exec",
    leader,
    "-c",
    "postgres",
    "--",
    "psql",
    "-h",
    "/run/postgresql",
    "-U",
    "postgres",
    "-AXtc",
    "SHOW synchronous_standby_names",
  );
  expect(waits).toMatch(/^ANY 1 \(.*postgres-\d.*\)$/);
  expect(waits).not.toContain("*");
});
