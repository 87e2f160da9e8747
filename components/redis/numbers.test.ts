import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { registeredBy } from "../../graph/registered";
import { named, nameless, pythonNumbers } from "../../test/support/numbers";
import { TOKEN_MOUNT } from "../common/pods";
import * as places from "./names";
import { Redis } from "./redis";
import { AGENT_NUMBERS } from "./settings";

const FOLDER = join(__dirname, "agent");
/** The agent's sources by module. */
const SOURCES = new Map(
  readdirSync(FOLDER)
    .filter((file) => file.endsWith(".py"))
    .map((file) => [file.replace(/\.py$/, ""), readFileSync(join(FOLDER, file), "utf8")]),
);

/** Numbers that one module alone goes by, each with its reason beside it, by why nobody else has to know them. */
const LOCAL: Record<string, string[]> = {
  "how often it looks": [
    "door.CLOSE_LOOK_SECONDS",
    "pointer.ROUND_SECONDS",
    "watch.SHORT_SECONDS",
    "handover.AGAIN_SECONDS",
    "handover.POLL_SECONDS",
    "pointer.REPEAT",
    "rotation.AGAIN_SECONDS",
    "rotation.PERIOD_SECONDS",
    "sentinel.AGAIN_SECONDS",
    "server.WAIT_SECONDS",
    "settle.LOOK_SECONDS",
    "watch.HELD_SECONDS",
    "watch.ROUND_SECONDS",
    "watch.SHORT_ROUNDS",
  ],
  "how long it waits for one answer": ["door.PATIENCE", "kube.PATIENCE", "resp.PATIENCE"],
  "its own patience": [
    "__main__.SILENT_SECONDS",
    "handover.ALONE_ROUNDS",
    "handover.POLLS",
    "links.PAUSES",
    "settle.APART_MS",
    "watch.STRIKES",
  ],
  "more than there will ever be": ["door.COMMAND_BYTES", "door.HEADER_BYTES", "resp.AT_ONCE", "server.HELD"],
};

/** Numbers without a name: they can't be chosen. */
const FORM: Record<string, number[]> = {
  // Lines of a command of one word.
  door: [3],
  // Above it are HTTP's refusals.
  kube: [300],
  // A second connection where the first had been closed, and the two characters of a line's end.
  resp: [2],
  // Two steps, a grace period each.
  rotation: [2],
};

/** Names that a source reads from the environment, and can't be without. */
const read = (source: string): string[] =>
  [...source.matchAll(/(?:\bnumber\(|\benviron\[)"(\w+)"/g)].map(([, name]) => name!);

/** A module and all that it imports. */
function reached(name: string, found = new Set<string>()): Set<string> {
  const source = SOURCES.get(name);
  if (source === undefined || found.has(name)) return found;
  found.add(name);
  for (const [, from, names] of source.matchAll(/from \.(\w*) import (?:\()?([\w ,\n]+)/g)) {
    for (const one of from ? [from] : names!.split(",").map((word) => word.trim())) reached(one, found);
  }
  return found;
}

/** What Kubernetes gives every container. */
const OF_THE_POD = ["HOSTNAME", "KUBERNETES_SERVICE_HOST", "KUBERNETES_SERVICE_PORT"];

test("what the agent reads, each container that runs it is told", async () => {
  const graph = await registeredBy(() => new Redis("cache", { namespace: "data", clients: [] }));
  const agents = graph.flatMap(({ props }) => props.spec?.template?.spec.initContainers ?? []);
  expect(agents.map(({ command }) => command.at(-1)).sort()).toEqual(["redis", "sentinel"]);
  for (const { command, env } of agents) {
    const kind = command.at(-1);
    const modules = [...reached(kind === "redis" ? "server" : "sentinel"), "__main__"];
    expect(modules).toContain("peers");
    const given = [...env.map((variable: { name: string }) => variable.name), ...OF_THE_POD];
    for (const one of modules) {
      for (const wanted of read(SOURCES.get(one)!)) expect(given, `${kind}: ${one}.py`).toContain(wanted);
    }
  }
});

test("nothing is said that the agent does not read", () => {
  const everything = [...SOURCES.values()].flatMap(read);
  expect(Object.keys(AGENT_NUMBERS).filter((name) => !everything.includes(name))).toEqual([]);
});

test("every number of the agent comes from the manifest, or is one module's own and listed with why", () => {
  const numbers = pythonNumbers(FOLDER);
  expect(named(numbers)).toEqual(Object.values(LOCAL).flat().sort());
  expect(nameless(numbers)).toEqual(FORM);
});

test("the agent looks for files where the component mounts them", () => {
  const found = [...SOURCES.get("env")!.matchAll(/^([A-Z]+) = "(\/.*)"$/gm)];
  expect(Object.fromEntries(found.map(([, name, path]) => [name, path]))).toEqual({
    CONFIG: places.AGENT_PATH,
    ACCOUNTS: places.ACCOUNTS_PATH,
    RUN: places.RUN_PATH,
    DATA: places.DATA_PATH,
    TOKEN: TOKEN_MOUNT.mountPath,
  });
  const socket = /^SOCKET = "(.*)"$/m.exec(SOURCES.get("door")!)?.[1];
  expect(`${places.RUN_PATH}/${socket}`).toBe(places.AGENT_SOCKET);
});

// `npx vitest run --project unit components/redis/numbers.test.ts --update` writes the file.
test("the agent's own tests run with what a manifest says", async () => {
  const environment = Object.fromEntries(Object.entries(AGENT_NUMBERS).map(([name, value]) => [name, String(value)]));
  await expect(`${JSON.stringify(environment, null, 2)}\n`).toMatchFileSnapshot("agent/tests/environment.json");
});
