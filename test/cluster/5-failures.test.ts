import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { expect, test } from "vitest";
import { lockRenewed } from "../../components/postgres/operations";
import { repository } from "../../local/paths";
import { eventually, inStack, primary, sql, stack } from "../support/live";

/** The parts of a drill's report that are read here. */
interface Result {
  runs: {
    writes: { sent: number; acknowledged: number; outageSeconds: number; lost: number; duplicates: number };
    reads: { sent: number; stale: number };
  }[];
}

/** Drills that lose no node: they leave the machine as it is and end within two minutes. */
const HARMLESS = ["postgres-primary-deleted", "postgres-postmaster-killed", "redis-primary-deleted"];

test.for(HARMLESS)(
  "%s: the shop works again within 15 s, and nothing acknowledged is lost",
  async (drill, { signal, onTestFinished }) => {
    const file = join(mkdtempSync(join(tmpdir(), "holdfast-drill-")), "result.json");
    // A slow machine may miss a promise in seconds (exit code 1). Only a drill that could not be done is a failure
    // here. When the time is up, SIGINT makes the drill heal what it broke, so that the next one can start.
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

test("the Services lead to the present primary and standbys, and are not written anew with every renewal of the lock", async () => {
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
    const connect = `import socket; socket.create_connection(("${address}", 5432), 5)`;
    await stack.exec("postgres-pooler-0", "agent", "python3", "-c", connect);
  }
});

test("a member's pod tells its position in the log, and is changed for that at most every ten seconds", async () => {
  interface Member {
    metadata: { name: string; annotations: { status: string } };
  }
  const positions = async (): Promise<Map<string, number>> => {
    const labels = "app.kubernetes.io/name=postgres,app.kubernetes.io/component=database";
    const pods = JSON.parse(await inStack("get", "pods", "-l", labels, "-o", "json")) as { items: Member[] };
    return new Map(
      pods.items.map(({ metadata }) => [
        metadata.name,
        (JSON.parse(metadata.annotations.status) as { xlog_location: number }).xlog_location,
      ]),
    );
  };
  const leader = await primary();
  const write = (): Promise<string> =>
    sql(leader, "SELECT pg_wal_lsn_diff(pg_logical_emit_message(true, 'test', ''), '0/0')");

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
});

test("the primary waits for standbys by name, and PostgreSQL has refused no such list of names", async () => {
  const refused = 'invalid value for parameter "synchronous_standby_names"';
  for (const name of ["postgres-0", "postgres-1", "postgres-2"]) {
    // The log as far back as the node keeps it.
    expect(
      (await inStack("logs", name, "-c", "postgres", "--limit-bytes=50000000"))
        .split("\n")
        .filter((line) => line.includes(refused)),
      name,
    ).toEqual([]);
  }
  const waits = await sql(await primary(), "SHOW synchronous_standby_names");
  expect(waits).toMatch(/^ANY 1 \(.*postgres-\d.*\)$/);
  expect(waits).not.toContain("*");
});
