import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { ARCHIVE_COMMAND, DROPPED, DROPPING, HANDING_OVER, objectStoreEdges } from "./backup-config";
import { HISTORY_PAUSE_SECONDS } from "./settings";

test("the way to an object store is its host, its port and its range", () => {
  const store = { bucket: "b", region: "r", secretName: "s" };
  expect(objectStoreEdges(undefined)).toEqual([]);
  expect(objectStoreEdges({ ...store, endpoint: "s3.example.com" })).toMatchObject([
    { host: "s3.example.com", port: 443 },
  ]);
  expect(objectStoreEdges({ ...store, endpoint: "minio.corp:9000", cidr: "10.9.0.5/32" })).toMatchObject([
    { host: "minio.corp", port: 9000, cidr: "10.9.0.5/32" },
  ]);
  expect(objectStoreEdges({ ...store, endpoint: "https://s3.example.com" })).toMatchObject([
    { host: "s3.example.com", port: 443 },
  ]);
  for (const endpoint of ["http://s3.example.com", "s3.example.com/bucket", ""]) {
    expect(() => objectStoreEdges({ ...store, endpoint }), endpoint).toThrow(`endpoint is "${endpoint}"`);
  }
});

describe("the archive command", () => {
  const folder = mkdtempSync(join(tmpdir(), "archive-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  // Programs of these names that say how they were called.
  for (const name of ["pgbackrest", "sleep"])
    writeFileSync(join(folder, name), `#!/bin/sh\necho ${name} "$@"\n`, { mode: 0o755 });

  const dropped = join(folder, "dropped");
  const dropping = join(folder, "dropping");

  /** Runs it as PostgreSQL does, by the shell, with its signs in a folder of the test's. */
  function archive(file: string): { said: string; signal: string | null } {
    const command = ARCHIVE_COMMAND.replaceAll("%p", `pg_wal/${file}`)
      .replaceAll("%f", file)
      .replaceAll(HANDING_OVER, join(folder, "sign"))
      .replaceAll(DROPPED, dropped)
      .replaceAll(DROPPING, dropping);
    expect(command).not.toContain("%");
    const done = spawnSync("sh", ["-c", command], { encoding: "utf8", env: { PATH: `${folder}:/usr/bin:/bin` } });
    return { said: done.stdout + done.stderr, signal: done.signal };
  }

  const segment = "00000003000000000000000A";
  const pushed = (file: string): string =>
    `pgbackrest --config=/run/holdfast/pgbackrest.conf --stanza=main archive-push pg_wal/${file}\n`;

  test("hands a segment to pgBackRest at once", () => {
    expect(archive(segment)).toEqual({ said: pushed(segment), signal: null });
  });

  test("lets a new primary's callers go first: its history file is what it archives before anything else", () => {
    expect(archive("00000004.history")).toEqual({
      said: `sleep ${HISTORY_PAUSE_SECONDS}\n${pushed("00000004.history")}`,
      signal: null,
    });
  });

  test("dies of a signal in a hand-over, which ends the archiver and leaves the segment marked as not archived", () => {
    writeFileSync(join(folder, "sign"), "");
    expect(archive(segment)).toEqual({ said: "", signal: "SIGKILL" });
  });

  test("keeps the names of what pgBackRest drops, and since when, until something gets through", () => {
    rmSync(join(folder, "sign"), { force: true });
    const answers = (text: string, code: number) =>
      writeFileSync(join(folder, "pgbackrest"), `#!/bin/sh\necho "${text}" >&2\nexit ${code}\n`, { mode: 0o755 });
    const drop = (name: string) => `WARN: dropped WAL file '${name}' because archive queue exceeded 1GB`;
    answers("ERROR: [082]: unable to push", 82);
    expect(archive("A").said).toContain("unable to push");
    expect(existsSync(dropped)).toBe(false);
    answers(drop("A"), 0);
    expect(archive("A").said).toContain("dropped WAL");
    const since = statSync(dropping).mtimeMs;
    archive("B");
    expect(readFileSync(dropped, "utf8")).toBe("A\nB\n");
    expect(statSync(dropping).mtimeMs).toBe(since);
    answers("ERROR: [082]: unable to push", 82);
    archive("C");
    expect(existsSync(dropping)).toBe(true);
    answers("", 0);
    archive("C");
    expect(existsSync(dropping)).toBe(false);
    expect(readFileSync(dropped, "utf8")).toBe("A\nB\n");
  });

  test("fails as pgBackRest does, so that PostgreSQL asks again", () => {
    writeFileSync(join(folder, "pgbackrest"), "#!/bin/sh\nexit 82\n", { mode: 0o755 });
    const command = ARCHIVE_COMMAND.replaceAll("%p", "x").replaceAll("%f", "x");
    expect(spawnSync("sh", ["-c", command], { env: { PATH: `${folder}:/usr/bin:/bin` } }).status).toBe(82);
  });

  test("keeps them where the member's programs look", () => {
    const python = readFileSync(join(__dirname, "image/holdfast/backup/owed.py"), "utf8");
    for (const path of [DROPPED, DROPPING]) expect(python).toContain(`DATA_MOUNT / "${path.split("/").at(-1)}"`);
  });

  test("looks for the sign where the hook puts it", () => {
    expect(readFileSync(join(__dirname, "image/holdfast/hook.py"), "utf8")).toContain(
      `HANDING_OVER = "${HANDING_OVER}"`,
    );
  });
});
