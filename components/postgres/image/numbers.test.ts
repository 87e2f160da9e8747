import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as k8s from "@pulumi/kubernetes";
import { expect, test } from "vitest";
import { DEFAULT_UID } from "../../common/security";
import * as places from "../names";
import { Postgres } from "../postgres";
import { AGENT_NUMBERS, POSTGRES_MAJOR } from "../settings";
import { registeredBy } from "../../../graph/registered";
import { named, nameless, pythonNumbers } from "../../../test/support/numbers";

const FOLDER = join(__dirname, "holdfast");

/** The programs' sources by module: `hook`, `backup.server`. */
const SOURCES = new Map(
  readdirSync(FOLDER, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".py"))
    .map((file) => [file.replace(/\.py$/, "").replaceAll("/", "."), readFileSync(join(FOLDER, file), "utf8")]),
);

/** Numbers that one program alone goes by, each with its reason beside it, by why nobody else has to know them. */
const LOCAL: Record<string, string[]> = {
  "how often it looks, of its own accord": [
    "backup.job.AGAIN_SECONDS",
    "fence.AGAIN_SECONDS",
    "hook.DOWN_SECONDS",
    "hook.KILLED_SECONDS",
    "pooler.agent.AGAIN_SECONDS",
    "pooler.gate.DRAINED_SECONDS",
    "pooler.gate.FAULT_SECONDS",
    "pooler.gate.UNANSWERED_SECONDS",
    "pooler.readers.LOGINS_LOOK_SECONDS",
    "pooler.valve.SHUT_LOOK_SECONDS",
    "start.AGAIN_SECONDS",
    "switchover.LOOK_SECONDS",
    "turned.LOCK_LOOK_SECONDS",
    "addresses.REPEAT_SECONDS",
    "agent.RECONCILE_SECONDS",
    "backup.leftovers.ROUND_SECONDS",
    "backup.restore.LOOK_SECONDS",
    "backup.restore.TELL_SECONDS",
    "backup.server.RETRY_SECONDS",
    "backup.server.ROUND_SECONDS",
    "guard.OWN_INTERVAL",
    "guard.READ_INTERVAL",
    "guard.LONGEST_GAP",
    "guard.SETTINGS_INTERVAL",
    "handover.ASK_SECONDS",
    "hook.LOOK_SECONDS",
    "patroni.TELL_SECONDS",
    "pooler.credentials.CALM_SECONDS",
    "pooler.credentials.PENDING_SECONDS",
    "pooler.gate.PROVE_INTERVAL",
    "pooler.leave.ASK_SECONDS",
    "pooler.readers.MEMBERS_SECONDS",
    "pooler.readers.ROUND_SECONDS",
    "pooler.valve.LOOK_SECONDS",
    "takeover.LOOK_SECONDS",
    "turning.LOOK_SECONDS",
  ],
  "how long it waits for one answer, before it asks again": [
    "backup.info.LIST_SECONDS",
    "backup.job.CONNECT_SECONDS",
    "backup.tls.STEP_SECONDS",
    "control.CONTROL_SECONDS",
    "handover.PAUSE_SECONDS",
    "hook.PRE_PROMOTE_SECONDS",
    "hook.RESCUE_SECONDS",
    "hook.SWITCHOVER_SECONDS",
    "kube.WATCH_SECONDS",
    "local.CONNECT_SECONDS",
    "pooler.console.CONNECT_SECONDS",
    "pooler.credentials.CONNECT_SECONDS",
    "pooler.gate.CONNECT_SECONDS",
    "pooler.gate.SILENT_SECONDS",
    "rejoin.CONTROL_SECONDS",
    "rest.ANSWER_SECONDS",
    "rest.OWN_SECONDS",
    "rest._ONCE_MORE",
    "roles.CONNECT_SECONDS",
    "settings.CHANGE_SECONDS",
    "settings.RESTART_ANSWER_SECONDS",
    "settings.SWITCHOVER_SECONDS",
    "start.ANSWER_SECONDS",
    "backup.leftovers.PUSH_SECONDS",
    "backup.repository.FILE_SECONDS",
    "backup.repository.LIST_SECONDS",
    "backup.stanza.SECONDS",
    "control.WAL_SECONDS",
    "copies.CONNECT_SECONDS",
    "guard.ANSWER_SECONDS",
    "kube.DEADLINE",
    "pooler.readers.CHECK_SECONDS",
    "pooler.valve.SHUT_SECONDS",
    "settings.RESTART_SECONDS",
    "turned.ASK_SECONDS",
    "turned.LOCK_SECONDS",
    "backup.job.NETWORK_SECONDS",
  ],
  "its own patience, within the time that it was given": [
    "agent.SILENT_SECONDS",
    "backup.stanza.QUIET_SECONDS",
    "guard.SLOW_READING",
    "backup.config.PUSH_PATIENCE",
    "backup.heal.PAUSE_SECONDS",
    "handover.CALM_FOR_SECONDS",
    "handover.DRAIN_SECONDS",
    "handover.LATE_SECONDS",
    "handover.READERS_LEAVE_SECONDS",
    "handover.STEP_SECONDS",
    "hook.ARCHIVE_SECONDS",
    "hook.BEFORE_STOP_SECONDS",
    "pooler.leave.ALONE_SECONDS",
    "pooler.leave.SILENT_SECONDS",
    "pooler.readers.JOIN_ROUNDS",
    "pooler.readers.LOGINS_SECONDS",
    "rejoin.REFUSED_SECONDS",
    "roles.PAUSE_SECONDS",
    "roles.TRIES",
    "rejoin.STUCK_SECONDS",
    "rescue.ORDER_SECONDS",
    "turning.TURNED_SECONDS",
    "turning.TURNING_SECONDS",
    "fence.ANSWER_SECONDS",
    "directory.EVIDENCE_SECONDS",
  ],
  "space and files that only it looks at": [
    "backup.room.RESERVE_FROM_BYTES",
    "passwords.KEPT",
    "rest.ADDRESSES",
    "rest.CONNECTIONS",
    "rest.REPEATED",
    "backup.room.FLOOR_BYTES",
    "backup.room.RESERVE_BYTES",
    "backup.survey.LOOK",
    "directory.ROOM_FACTOR",
    "waldump.SEGMENTS_BEFORE",
  ],
  "another program's own form": [
    "backup.gaps.FIRST",
    "backup.gaps.NOTHING",
    "given.EVERYBODY",
    "member_file.HIGHEST_PRIORITY",
    "verdict.NOBODY",
    "wal.NOTHING",
    "wal._SHUT_DOWN",
    "backup.choose._EPOCH",
    "backup.take.LOCKED",
    "backup.wal._PER_LOG",
    "wal.SEGMENT_BYTES",
  ],
};

/** Numbers without a name: they can't be chosen. */
const FORM: Record<string, number[]> = {
  // Microseconds of a second, milliseconds of one, bytes of a block as `du` counts them.
  "backup.choose": [1_000_000],
  "pooler.gate": [1000],
  directory: [512],
  // Milliseconds of a second, and columns of IDENTIFY_SYSTEM.
  copies: [3, 1000],
  // Bytes of pg_control up to its state.
  hook: [20],
  // Two readings that have to be the same.
  local: [2],
  // The second generation's log-in is the first with a number.
  logins: [2],
  // Two parts behind the name, in a SCRAM secret.
  passwords: [2],
  // The candidate and the unknown primary.
  verdict: [2],
  // Answers of HTTP.
  kube: [404],
  rest: [200, 400, 503],
  takeover: [409],
  web: [200, 401, 404, 500, 503],
};

/** Names that a source reads from the environment, and can't be without. */
function read(source: string): string[] {
  return [...source.matchAll(/(?:\bnumber\(|\benviron\[)["'](\w+)["']/g)].map(([, name]) => name!);
}

/** A module and all that it imports or starts, whatever the way. */
function reached(name: string, found = new Set<string>()): Set<string> {
  const source = SOURCES.get(name) ?? SOURCES.get(`${name}.__init__`);
  if (source === undefined || found.has(name)) return found;
  found.add(name);
  // In a pooler it starts nothing; what it may start in a member is listed below.
  if (name === "hook") return found;
  const folder = name.split(".").slice(0, -1);
  for (const [, dots, from, names] of source.matchAll(/from (\.+)([\w.]*) import (?:\()?([\w ,\n]+)/g)) {
    const base = [...folder.slice(0, folder.length - dots!.length + 1), ...(from ? [from] : [])].join(".");
    const members = names!.split(",").map((word) => [base, word.trim().split(" ")[0]].filter(Boolean).join("."));
    for (const one of [base, ...members]) reached(one, found);
  }
  for (const [, started] of source.matchAll(/"(?:python3 -m )?holdfast\.([\w.]+)/g)) reached(started!, found);
  return found;
}

/** Programs that are run in a container by others than its own command: by Patroni, and by people's commands. */
const ALSO: Record<string, string[]> = {
  postgres: ["rewind", "clone", "hook", "fence"],
  agent: ["survey", "hook"],
  pgbouncer: ["hook"],
  repository: ["backup.catalogue", "backup.info"],
};

async function containers(): Promise<any[]> {
  const graph = await registeredBy(() => {
    const provider = new k8s.Provider("cluster", {});
    new Postgres("postgres", { namespace: "data", image: "registry.example/postgres:1" }, { provider });
  });
  const templates = graph
    .map(({ props: { spec } }) => (spec?.jobTemplate?.spec ?? spec)?.template?.spec)
    .filter(Boolean);
  return templates
    .flatMap(({ containers: main, initContainers = [] }) => [...main, ...initContainers])
    .filter(({ command }) => command.includes("-m"));
}

test("what a program reads, the manifest of each container that runs it says", async () => {
  const all = await containers();
  expect(all.length).toBeGreaterThanOrEqual(8);
  for (const { name, command, env } of all) {
    const module = command[command.indexOf("-m") + 1].replace(/^holdfast\./, "");
    const modules = [module, ...(ALSO[name] ?? [])].flatMap((one) => [...reached(one)]);
    expect(modules.length, `${name} runs ${module}`).toBeGreaterThan(2);
    const given = env.map((variable: { name: string }) => variable.name);
    for (const one of modules) {
      for (const wanted of read(SOURCES.get(one) ?? "")) expect(given, `${name}: ${one}.py`).toContain(wanted);
    }
  }
});

test("nothing is said that no program reads", () => {
  const everything = [...SOURCES.values()].flatMap(read);
  expect(Object.keys(AGENT_NUMBERS).filter((name) => !everything.includes(name))).toEqual([]);
});

test("every number of the programs comes from the manifest, or is one program's own and listed with why", () => {
  const numbers = pythonNumbers(FOLDER);
  expect(named(numbers)).toEqual(Object.values(LOCAL).flat().sort());
  expect(nameless(numbers)).toEqual(FORM);
});

test("the image has the version of PostgreSQL and the user that the components say", () => {
  const dockerfile = readFileSync(join(__dirname, "Dockerfile"), "utf8");
  const all = [dockerfile, ...SOURCES.values()].join("\n");
  const versions = [...all.matchAll(/postgresql[-/](\d+)/g)].map(([, version]) => Number(version));
  expect(new Set(versions)).toEqual(new Set([POSTGRES_MAJOR]));
  const users = [...dockerfile.matchAll(/(?:--[gu]id |USER |chown -R |:)(\d{4,})/g)].map(([, id]) => Number(id));
  expect(users.length).toBeGreaterThan(4);
  expect(new Set(users)).toEqual(new Set([DEFAULT_UID]));
});

test("the programs look for files where the components mount them", () => {
  const constant = /^([A-Z_]+) = Path\("(.*)"\)$/gm;
  const found = [...[...SOURCES.values()].join("\n").matchAll(constant)];
  expect(Object.fromEntries(found.map(([, name, path]) => [name, path]))).toMatchObject({
    CREDENTIALS: places.CREDENTIALS_DIRECTORY,
    SETTINGS: places.SETTINGS_DIRECTORY,
    RUNTIME: places.RUNTIME_DIRECTORY,
    SOCKETS: places.SOCKET_DIRECTORY,
    DATA_MOUNT: places.DATA_MOUNT,
    REPOSITORY: places.REPOSITORY_DIRECTORY,
  });
  const fixed = [...SOURCES.get("hook")!.matchAll(/^[A-Z_]+ = "(\/.*)"$/gm)].map(([, path]) => path!);
  expect(fixed.length).toBeGreaterThan(3);
  const folders = [`${places.DATA_DIRECTORY}/`, `${places.RUNTIME_DIRECTORY}/`];
  expect(fixed.filter((path) => !folders.some((folder) => path.startsWith(folder)))).toEqual([]);
});

// `npx vitest run --project unit components/postgres/image/numbers.test.ts --update` writes the file.
test("the programs' own tests run with what a manifest says", async () => {
  const environment = Object.fromEntries(Object.entries(AGENT_NUMBERS).map(([name, value]) => [name, String(value)]));
  await expect(`${JSON.stringify(environment, null, 2)}\n`).toMatchFileSnapshot("tests/environment.json");
});
