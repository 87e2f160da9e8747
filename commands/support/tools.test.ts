import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { expect, test } from "vitest";
import { repository } from "../../local/paths";

const folder = join(repository, "commands");
const commands = readdirSync(folder).filter((file) => /^[a-z]+\.ts$/.test(file));

/** A command's module and all of ours that it imports. */
function closure(file: string, seen = new Set<string>()): Set<string> {
  if (seen.has(file) || !existsSync(file)) return seen;
  seen.add(file);
  for (const { fileName } of ts.preProcessFile(readFileSync(file, "utf8")).importedFiles) {
    if (fileName.startsWith(".")) closure(`${join(file, "..", fileName)}.ts`, seen);
  }
  return seen;
}

const RUNS_KUBECTL = /new Kubectl\(/;
/** What puts a kubectl on PATH that is not the user's own. `up` and `test` make sure of the whole cluster. */
const MAKES_SURE = /ensureClusterTools\(|clusterIsUp\(|provideCluster\(|ensureStack\(/;

/** `preview` reads what is there only where it can; `docs` reads the list of drills and runs none. */
const NEEDS_NONE = ["docs.ts", "preview.ts"];

test.each(commands.filter((name) => !NEEDS_NONE.includes(name)))(
  "%s makes sure of kubectl before it runs it",
  (name) => {
    const file = join(folder, name);
    const runs = [...closure(file)].some((module) => RUNS_KUBECTL.test(readFileSync(module, "utf8")));
    if (runs) expect(readFileSync(file, "utf8")).toMatch(MAKES_SURE);
  },
);

test("among them are the commands that are typed when something is broken", () => {
  for (const name of ["restore", "rescue", "switchover", "status", "drill"]) {
    expect(
      [...closure(join(folder, `${name}.ts`))].some((module) => RUNS_KUBECTL.test(readFileSync(module, "utf8"))),
      name,
    ).toBe(true);
  }
});
