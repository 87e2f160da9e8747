import { databaseLabels, PORTS, ROLES, SOCKET_DIRECTORY } from "./names";

/**
 * What is asked of a database that runs, and how its answers are read: plain data and pure functions, for commands,
 * drills and tests. Who leads is always the member that Patroni's lock names. What a member itself says of that may be
 * old, where it does not reach the API; that a member is named is no proof that it lives.
 */

/** Name of the database that commands and drills act on: of its StatefulSet, its Services and Patroni's lock. */
export const POSTGRES = "postgres";

/** Label selector of the database's pods, claims and Patroni Endpoints, as kubectl takes it. */
export const SELECTOR = Object.entries(databaseLabels(POSTGRES))
  .map(([key, value]) => `${key}=${value}`)
  .join(",");

/** Containers of a member's pod that programs are run in. */
export const CONTAINERS = { database: "postgres", agent: "agent", backup: "backup" } as const;

/** The lock: the Endpoints object that is called like the database. */
export interface Lock {
  metadata?: { annotations?: Record<string, string> };
}

/** Who leads; undefined where nobody has the lock. */
export function lockHolder(lock: Lock | undefined): string | undefined {
  return lock?.metadata?.annotations?.["leader"] || undefined;
}

/** When the lock was renewed, as its holder wrote it; only good for comparing two looks. */
export function lockRenewed(lock: Lock | undefined): string | undefined {
  return lock?.metadata?.annotations?.["renewTime"];
}

/** A program for a member's agent container: has the agent do something (image/holdfast/hook.py). */
export const hook = (...words: string[]): string[] => ["python3", "-S", "/opt/holdfast/hook.py", ...words];

/** Any member's pod, as kubectl takes it, for what every agent can do. */
export const ANY_MEMBER = `statefulset/${POSTGRES}`;

/** A program for any agent: gives the lead to another member. @param to the member; @default the best standby */
export const handOver = (to?: string): string[] => hook("switchover", ...(to === undefined ? [] : [to]));

/**
 * A program for one member's agent: makes this member lead, on a person's order, although it may lack writes.
 *
 * @param orderer the person, in one word
 * @param last who led last, as the person saw it
 */
export const lead = (orderer: string, last: object): string[] => hook("rescue", orderer, JSON.stringify(last));

/** A program for a member's database container: prints how its own Patroni sees all members. */
export const ASK_MEMBERS = [
  "python3",
  "-c",
  "import urllib.request; " +
    `print(urllib.request.urlopen("http://127.0.0.1:${PORTS.patroni}/cluster", timeout=5).read().decode())`,
];

/** Database that every PostgreSQL has. */
const MAINTENANCE_DATABASE = "postgres";

/**
 * psql for a member's database container, as the superuser, without a `.psqlrc`: rows unaligned, one a line, columns
 * separated by tabs. It stops at the first error.
 *
 * @param statements psql's options that say what to run: `-c`, `-f`
 * @param database @default the one that every PostgreSQL has
 */
export const sql = (statements: string[], database: string = MAINTENANCE_DATABASE): string[] => {
  const who = ["-h", SOCKET_DIRECTORY, "-U", ROLES.superuser, "-d", database];
  return ["psql", ...who, "-X", "-q", "-A", "-t", "-F", "\t", "-v", "ON_ERROR_STOP=1", ...statements];
};

/** One member, as Patroni names things. */
export interface Member {
  name: string;
  /** `leader`, `replica`, `sync_standby`, `quorum_standby` … */
  role: string;
  /** `running` for a leader, `streaming` for a healthy standby. */
  state: string;
  timeline?: number;
}

/** Reads what {@link ASK_MEMBERS} printed. */
export function membersOf(answer: string): Member[] {
  return (JSON.parse(answer) as { members: Member[] }).members;
}

/** The database as it is seen from outside. */
export interface Database {
  /** Pod name of who leads; undefined where nobody does. */
  leader: string | undefined;
  /** Empty where no member answers. */
  members: Member[];
}

/** Timeline of the leader, which every promotion raises by one; 0 where there is no leader. */
export function timelineOf({ leader, members }: Database): number {
  return members.find(({ name }) => name === leader)?.timeline ?? 0;
}

const STANDBY_ROLES = ["replica", "sync_standby", "quorum_standby"];

/**
 * What is missing for the database to be whole: a leader, all other members streaming on its timeline, and at least one
 * of them counted for the quorum.
 *
 * @param wanted members, the leader included
 * @returns one clause for each thing that is wrong
 */
export function missingInDatabase({ leader, members }: Database, wanted: number): string[] {
  if (leader === undefined) return ["Postgres has no leader"];
  const missing: string[] = [];
  const own = members.find(({ name }) => name === leader);
  if (own && own.role !== "leader") missing.push(`${leader} has the lock and does not lead`);
  const healthy = members.filter(({ name, state }) => state === (name === leader ? "running" : "streaming")).length;
  if (healthy !== wanted) missing.push(`${healthy} of ${wanted} Postgres members are running or streaming`);
  for (const { name, timeline } of members) {
    // One that is down tells none, and is counted above.
    if (timeline !== undefined && timeline !== own?.timeline) {
      missing.push(`${name} is on timeline ${timeline}, the leader on ${own?.timeline}`);
    }
  }
  const standbys = members.filter(({ role }) => STANDBY_ROLES.includes(role));
  if (standbys.length > 0 && standbys.every(({ role }) => role === "replica")) {
    missing.push("no Postgres member is a synchronous standby");
  }
  return missing;
}
