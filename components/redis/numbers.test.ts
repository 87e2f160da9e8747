import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { registeredBy } from "../../graph/registered";
import { ACCOUNTS_PATH, DATA_PATH, RUN_PATH } from "./config";
import { TOKEN_PATH } from "./primary-service";
import { Redis } from "./redis";
import { SCRIPT_NUMBERS } from "./settings";

const FOLDER = join(__dirname, "scripts");
/** The scripts' texts, without comments. */
const SCRIPTS = new Map(
  readdirSync(FOLDER).map((name) => [name, readFileSync(join(FOLDER, name), "utf8").replace(/^ *#.*$/gm, "")]),
);

/** Numbers that one script alone goes by, each with its reason beside it; those that count something begin at 0. */
const LOCAL = [
  // How long it waits for one answer, and how often it looks.
  "lib.sh: PATIENCE=1",
  "keep-passwords.sh: PERIOD=5",
  "point-service.sh: REPEAT=30",
  "watch-role.sh: ROUND=3",
  "watch-role.sh: short_rounds=60",
];

/** What a script reads and does not set itself; names in capitals are the environment's or lib.sh's. */
const READ = /\$\{?([A-Z][A-Z_]+)\b(?!:-)|\b([A-Z_]+_(?:SECONDS|MS))\b/g;
const wanted = (text: string) => [...new Set([...text.matchAll(READ)].map(([, read, counted]) => (read ?? counted)!))];
const set = (text: string) => [...text.matchAll(/(?:^|[ ;])([A-Z][A-Z_]+)=/gm)].map(([, name]) => name!);

/** What Kubernetes or the shell gives every container. */
const OF_THE_POD = ["HOSTNAME", "KUBERNETES_SERVICE_HOST", "KUBERNETES_SERVICE_PORT"];

test("what a script reads, each container that runs it is told", async () => {
  const graph = await registeredBy(() => new Redis("cache", { namespace: "data", clients: [] }));
  const containers = graph
    .flatMap(({ props }) => props.spec?.template?.spec.containers ?? [])
    .filter(({ command }) => command[0] === "sh");
  expect(containers.map(({ name }) => name).sort()).toEqual(["pointer", "redis", "sentinel"]);
  for (const { name, env, ...container } of containers) {
    const run = new Set([...JSON.stringify(container).matchAll(/([\w-]+\.sh)/g)].map(([, script]) => script!));
    for (const script of run) {
      for (const [, started] of SCRIPTS.get(script)!.matchAll(/([\w-]+\.sh)/g)) run.add(started!);
    }
    expect(run.has("lib.sh"), name).toBe(true);
    const texts = [...run].map((script) => SCRIPTS.get(script)!);
    const given = [...env.map((variable: { name: string }) => variable.name), ...OF_THE_POD, ...texts.flatMap(set)];
    expect(
      texts.flatMap(wanted).filter((one) => !given.includes(one)),
      name,
    ).toEqual([]);
  }
});

test("nothing is said that no script reads", () => {
  const read = [...SCRIPTS.values()].flatMap(wanted);
  expect(Object.keys(SCRIPT_NUMBERS).filter((name) => !read.includes(name))).toEqual([]);
});

test("every number of the scripts comes from the manifest, or is one script's own and listed", () => {
  const assigned = /(?:^|[ ;])([A-Za-z_]+=(?:\$\{\w+:-)?[1-9]\d*)\b/gm;
  const own = [...SCRIPTS].flatMap(([name, text]) =>
    [...text.matchAll(assigned)].map(([, found]) => `${name}: ${found}`),
  );
  expect(own.sort()).toEqual([...LOCAL].sort());
});

test("the scripts look for files where the component mounts them", () => {
  const assigned = [...[...SCRIPTS.values()].join("\n").matchAll(/^([A-Z]+)=\$\{\w+:-(\/\S+)\}/gm)];
  expect(Object.fromEntries(assigned.map(([, name, path]) => [name, path]))).toEqual({
    ACCOUNTS: ACCOUNTS_PATH,
    RUN: RUN_PATH,
    DATA: DATA_PATH,
    SA: TOKEN_PATH,
  });
});
