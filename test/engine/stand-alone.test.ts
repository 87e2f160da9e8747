import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { execa } from "execa";
import ts from "typescript";
import { afterAll, beforeAll, expect, test } from "vitest";

const root = join(__dirname, "../..");

/** The rooms below the components, which import none; linked, so that they are read once. */
const BELOW = ["drills", "policy", "cluster", "config", "planner", "graph"];

/** What is copied with each: what all components share, and what their tests use. */
const WITH_EACH = ["components/common", "test/support", "test/drills"];

const COMPONENTS = readdirSync(join(root, "components"), { withFileTypes: true })
  // App is made of the others.
  .filter((entry) => entry.isDirectory() && !["common", "app"].includes(entry.name))
  .map(({ name }) => name);

/** A component that stands for all where tests run in the copy. */
const TRIED = "postgres";

/** Its quick tests: those that build no program and start no server. */
const QUICK = readdirSync(join(root, "components", TRIED)).filter(
  (file) =>
    file.endsWith(".test.ts") &&
    !/test\/support|graph\/registered/.test(readFileSync(join(root, "components", TRIED, file), "utf8")),
);

/** What no component may import, from a file of its own. */
const REACHES = ["../redis/operations", "../../stack", "../../commands/drill/catalogue"];

let house: string;
beforeAll(() => {
  house = mkdtempSync(join(tmpdir(), "holdfast-alone-"));
  symlinkSync(join(root, "node_modules"), join(house, "node_modules"));
  for (const name of COMPONENTS) {
    for (const folder of [...WITH_EACH, `components/${name}`])
      cpSync(join(root, folder), join(house, name, folder), { recursive: true });
    for (const room of BELOW) symlinkSync(join(root, room), join(house, name, room));
  }
});
afterAll(() => rmSync(house, { recursive: true, force: true }));

/** What the compiler says about the components in their copies, as `component/file: words`. */
function compiled(): string[] {
  const path = join(root, "tsconfig.tools.json");
  const { options } = ts.parseJsonConfigFileContent(ts.readConfigFile(path, ts.sys.readFile).config, ts.sys, root);
  const files = COMPONENTS.flatMap((name) =>
    readdirSync(join(house, name, "components", name), { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".ts"))
      .map((file) => join(house, name, "components", name, file)),
  );
  const program = ts.createProgram(files, { ...options, typeRoots: [join(root, "node_modules/@types")] });
  return files.flatMap((file) => {
    const source = program.getSourceFile(file);
    const found = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
    return found.map(
      ({ messageText }) => `${relative(house, file)}: ${ts.flattenDiagnosticMessageText(messageText, " ")}`,
    );
  });
}

test("each component's folder compiles with what is below it, and one that reaches beside or above does not", () => {
  const [first] = COMPONENTS;
  const reaching = `${first}/components/${first}/reaches.ts`;
  writeFileSync(join(house, reaching), REACHES.map((path) => `export * from "${path}";\n`).join(""));
  expect(compiled()).toEqual(
    REACHES.map((path) => expect.stringContaining(`${reaching}: Cannot find module '${path}'`) as string),
  );
});

test("a component's own tests pass in its copy", async () => {
  const folder = join(house, TRIED);
  const files = QUICK.map((file) => `components/${TRIED}/${file}`);
  const { stdout } = await execa("vitest", ["run", "--root", folder, "--reporter", "json", ...files], {
    cwd: folder,
    preferLocal: true,
    localDir: root,
    reject: false,
  });
  const { numFailedTests, numPassedTests, testResults } = JSON.parse(stdout) as {
    numFailedTests: number;
    numPassedTests: number;
    testResults: { name: string; status: string }[];
  };
  expect(testResults.filter(({ status }) => status !== "passed")).toEqual([]);
  expect(testResults.length).toBe(files.length);
  expect(numFailedTests).toBe(0);
  expect(numPassedTests).toBeGreaterThan(50);
});
