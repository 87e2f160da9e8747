import { execFileSync } from "node:child_process";
import { chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import pg from "pg";
import { freePort } from "./redis.js";

/** Programs that whoever runs the tests gives; started by root they become nobody by themselves. */
const GIVEN = process.env.POSTGRES_BIN;

/** Where PostgreSQL's server programs are on this machine; undefined when it has none. */
export const POSTGRES_BIN = GIVEN ?? findPrograms();

/** PostgreSQL refuses to run as root, so it runs as `nobody`, which has this number everywhere. */
const IDENTITY = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};

/** A PostgreSQL for tests, on a free port of the loopback, with temporary data. */
export class TestPostgres {
  private constructor(
    readonly port: number,
    private readonly folder: string,
  ) {}

  /** Makes and starts a primary with the roles of the stack and an empty database `online_shop` of `owner`. */
  static async primary(): Promise<TestPostgres> {
    const made = await TestPostgres.#prepare();
    made.#run("initdb", "-D", made.folder, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync");
    made.start();
    try {
      for (const role of ["owner", "app", "readonly"]) await made.sql(`CREATE ROLE ${role} LOGIN`);
      await made.sql("CREATE DATABASE online_shop OWNER owner");
    } catch (error) {
      made.remove();
      throw error;
    }
    return made;
  }

  /** Makes and starts a standby of this one. */
  async standby(): Promise<TestPostgres> {
    const made = await TestPostgres.#prepare();
    const source = `host=127.0.0.1 port=${this.port} user=postgres`;
    made.#run("pg_basebackup", "-d", source, "-D", made.folder, "-R", "-c", "fast");
    made.start();
    return made;
  }

  /** Starts it and waits until it answers. */
  start(): void {
    const options = `-p ${this.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off`;
    this.#run("pg_ctl", "-D", this.folder, "-w", "-l", join(this.folder, "log"), "-o", options, "start");
  }

  /** Ends it at once, like a crash. */
  crash(): void {
    this.#run("pg_ctl", "-D", this.folder, "-m", "immediate", "stop");
  }

  /** Stops or continues every process of it: connections stay open and nothing answers, like a frozen node. */
  signal(signal: "SIGSTOP" | "SIGCONT"): void {
    const postmaster = readFileSync(join(this.folder, "postmaster.pid"), "utf8").split("\n")[0]!;
    const children = readFileSync(`/proc/${postmaster}/task/${postmaster}/children`, "utf8").trim().split(" ");
    for (const pid of [postmaster, ...children]) {
      try {
        process.kill(Number(pid), signal);
      } catch (error) {
        // A worker of autovacuum, for example, may have ended since the list was read.
        if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
      }
    }
  }

  /** Runs SQL as the superuser, and gives the first value of the first row. */
  async sql(text: string, database = "postgres"): Promise<unknown> {
    const client = new pg.Client({ host: "127.0.0.1", port: this.port, user: "postgres", database });
    await client.connect();
    try {
      const { rows } = await client.query({ text, rowMode: "array" });
      return rows[0]?.[0];
    } finally {
      await client.end();
    }
  }

  /** Ends it and removes its data. */
  remove(): void {
    try {
      this.signal("SIGCONT"); // a test may have failed with the server frozen
      this.crash();
    } finally {
      rmSync(this.folder, { recursive: true });
    }
  }

  static async #prepare(): Promise<TestPostgres> {
    const folder = mkdtempSync(join(tmpdir(), "shop-postgres-"));
    if (IDENTITY.uid !== undefined) chownSync(folder, IDENTITY.uid, IDENTITY.gid);
    return new TestPostgres(await freePort(), folder);
  }

  #run(program: string, ...args: string[]): string {
    return execFileSync(join(POSTGRES_BIN!, program), args, {
      ...(GIVEN ? {} : IDENTITY),
      cwd: tmpdir(),
      encoding: "utf8",
      stdio: "pipe",
      timeout: 60_000,
    });
  }
}

function findPrograms(): string | undefined {
  const debian = "/usr/lib/postgresql";
  const versions = existsSync(debian) ? readdirSync(debian).sort().reverse() : [];
  return [
    ...(process.env.PATH ?? "").split(delimiter),
    ...versions.map((version) => join(debian, version, "bin")),
  ].find((folder) => ["initdb", "pg_ctl", "pg_basebackup"].every((program) => existsSync(join(folder, program))));
}
