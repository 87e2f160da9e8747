import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { ARCHIVE_COMMAND, HANDING_OVER, HISTORY_PAUSE_SECONDS } from "./backup-settings";

describe("the archive command", () => {
  const folder = mkdtempSync(join(tmpdir(), "archive-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  // Programs of these names that say how they were called.
  for (const name of ["pgbackrest", "sleep"]) writeFileSync(join(folder, name), `#!/bin/sh\necho ${name} "$@"\n`, { mode: 0o755 });

  /** Runs it as PostgreSQL does, by the shell, with its sign in a folder of the test's. */
  function archive(file: string): { said: string; signal: string | null } {
    const command = ARCHIVE_COMMAND.replaceAll("%p", `pg_wal/${file}`).replaceAll("%f", file).replaceAll(HANDING_OVER, join(folder, "sign"));
    expect(command).not.toContain("%");
    const done = spawnSync("sh", ["-c", command], { encoding: "utf8", env: { PATH: `${folder}:/usr/bin:/bin` } });
    return { said: done.stdout, signal: done.signal };
  }

  const segment = "00000003000000000000000A";
  const pushed = (file: string): string => `pgbackrest --config=/run/holdfast/pgbackrest.conf --stanza=main archive-push pg_wal/${file}\n`;

  test("hands a segment to pgBackRest at once", () => {
    expect(archive(segment)).toEqual({ said: pushed(segment), signal: null });
  });

  test("lets a new primary's callers go first: its history file is what it archives before anything else", () => {
    expect(archive("00000004.history")).toEqual({ said: `sleep ${HISTORY_PAUSE_SECONDS}\n${pushed("00000004.history")}`, signal: null });
  });

  test("dies of a signal in a hand-over, which ends the archiver and leaves the segment marked as not archived", () => {
    writeFileSync(join(folder, "sign"), "");
    expect(archive(segment)).toEqual({ said: "", signal: "SIGKILL" });
  });

  test("looks for the sign where the hook puts it", () => {
    expect(readFileSync(join(__dirname, "../../images/postgres/holdfast/hook.py"), "utf8")).toContain(`HANDING_OVER = "${HANDING_OVER}"`);
  });
});
