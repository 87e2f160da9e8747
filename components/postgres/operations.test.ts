import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { lockHolder, membersOf, missingInDatabase, timelineOf, type Database, type Member } from "./operations";

const member = (ordinal: number, more: Partial<Member> = {}): Member => ({
  name: `postgres-${ordinal}`,
  role: "quorum_standby",
  state: "streaming",
  timeline: 4,
  ...more,
});
const leads = member(1, { role: "leader", state: "running" });
const [first, third] = [member(0), member(2)];
const led = (...members: Member[]): Database => ({ leader: "postgres-1", members });

test.each<[string, object | undefined, string | undefined]>([
  ["its holder", { leader: "postgres-1", renewTime: "t" }, "postgres-1"],
  ["nobody, once it was let go", { leader: "" }, undefined],
  ["nobody before there is a leader", {}, undefined],
  ["nobody where there is no lock", undefined, undefined],
])("the lock names %s", (_, annotations, holder) => {
  expect(lockHolder(annotations && { metadata: { annotations: annotations as Record<string, string> } })).toBe(holder);
});

test("members are those of Patroni's answer", () => {
  expect(membersOf(JSON.stringify({ members: [leads], scope: "postgres" }))).toEqual([leads]);
});

test("the timeline is the leader's", () => {
  expect(timelineOf(led(member(0, { timeline: 3 }), leads))).toBe(4);
  expect(timelineOf({ leader: undefined, members: [] })).toBe(0);
});

test.each<[string, Database, string[]]>([
  ["nothing", led(first, leads, third), []],
  ["a leader", { leader: undefined, members: [first, third] }, ["Postgres has no leader"]],
  ["an answer", led(), ["0 of 3 Postgres members are running or streaming"]],
  [
    "a standby",
    led({ name: "postgres-0", role: "quorum_standby", state: "starting" }, leads, third),
    ["2 of 3 Postgres members are running or streaming"],
  ],
  [
    "a common timeline",
    led(member(0, { timeline: 3 }), leads, third),
    ["postgres-0 is on timeline 3, the leader on 4"],
  ],
  [
    "a quorum",
    led(member(0, { role: "replica" }), leads, member(2, { role: "replica" })),
    ["no Postgres member is a synchronous standby"],
  ],
  [
    "a holder of the lock that leads",
    led(first, member(1, { role: "replica", state: "running" }), third),
    ["postgres-1 has the lock and does not lead"],
  ],
])("a database may lack %s", (_, database, missing) => {
  expect(missingInDatabase(database, 3)).toEqual(missing);
});

/** Files that act on a running database; what they call it comes from its names. */
const ACTING = ["drills", "restore", "rescue"].flatMap((folder) =>
  readdirSync(join(__dirname, folder))
    .filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"))
    .map((file) => join(folder, file)),
);

test("drills, restore and rescue take names and programs from here", () => {
  expect(ACTING.length).toBeGreaterThan(30);
  const typed = /"(postgres|data|psql)"|["`]data-|\^data-/;
  expect(ACTING.filter((file) => typed.test(readFileSync(join(__dirname, file), "utf8")))).toEqual([]);
});
