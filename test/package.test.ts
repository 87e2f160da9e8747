import { readFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { join, relative, resolve } from "node:path";
import { execa } from "execa";
import ts from "typescript";
import { describe, expect, test } from "vitest";

const root = join(__dirname, "..");
const json = (file: string) => JSON.parse(readFileSync(join(root, file), "utf8"));
const manifest = json("package.json");

/** Sources that the package is compiled from, relative to the repository. */
function sources(): string[] {
  const config = ts.parseJsonConfigFileContent(
    ts.readConfigFile(join(root, "tsconfig.build.json"), ts.sys.readFile).config,
    ts.sys,
    root,
    undefined,
    join(root, "tsconfig.build.json"),
  );
  expect(config.errors).toEqual([]);
  return config.fileNames.map((file) => relative(root, file));
}

const importsOf = (file: string) =>
  ts.preProcessFile(readFileSync(join(root, file), "utf8")).importedFiles.map(({ fileName }) => fileName);
const packageOf = (name: string) =>
  name
    .split("/")
    .slice(0, name.startsWith("@") ? 2 : 1)
    .join("/");

describe("what is compiled", () => {
  const all = sources();

  test("components, configuration and planner, without their tests", () => {
    expect(all).toContain("components/index.ts");
    for (const file of all) expect(file).toMatch(/^((components|config|planner)\/.+(?<!\.test)|graph\/quantity)\.ts$/);
  });

  test("it imports nothing that is not in the package or among its dependencies", () => {
    const installed = Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies });
    for (const file of all) {
      for (const name of importsOf(file)) {
        if (name.startsWith("."))
          expect(all, `${file} imports ${name}`).toContain(`${relative(root, resolve(root, file, "..", name))}.ts`);
        else if (!isBuiltin(name)) expect(installed, `${file} imports ${name}`).toContain(packageOf(name));
      }
    }
  });

  test("its dependencies are all used", () => {
    const used = new Set(
      all
        .flatMap(importsOf)
        .filter((name) => !name.startsWith("."))
        .map(packageOf),
    );
    expect(
      Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies }).filter((name) => !used.has(name)),
    ).toEqual([]);
  });

  test("the entry points are compiled from something", () => {
    expect(manifest.exports["."]).toEqual({ types: `./${manifest.types}`, default: `./${manifest.main}` });
    expect(all).toContain(manifest.main.replace(/^dist\//, "").replace(/\.js$/, ".ts"));
  });
});

test(
  "the tarball holds code, types, documents, the database's image, and nothing of the shop, the drills and the " +
    "local tools",
  async () => {
    const { stdout } = await execa("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"], { cwd: root });
    const [pack] = JSON.parse(stdout) as [{ files: { path: string }[]; unpackedSize: number }];
    const files = pack.files.map(({ path }) => path);
    expect(files).toEqual(
      expect.arrayContaining([
        "README.md",
        "LICENSE",
        "CHANGELOG.md",
        "docs/configuration.md",
        "components/postgres/README.md",
        "components/postgres/runbook.md",
        "components/postgres/image/Dockerfile",
      ]),
    );
    for (const file of files) {
      expect(file).toMatch(
        /^(README\.md|LICENSE|CHANGELOG\.md|package\.json|dist\/(?!.*(\/image\/|\.md$))((components|config|planner)\/.+|graph\/quantity\.(js|d\.ts))|docs\/.+\.md|components\/[\w-]+\/(README|runbook)\.md|components\/postgres\/image\/(Dockerfile|\.dockerignore|holdfast\/.+\.py))$/,
      );
      expect(file).not.toMatch(/\.test\.|(?<!\.d)\.ts$/);
    }
    expect(pack.unpackedSize).toBeLessThan(2 * 2 ** 20);
  },
);

test.each(["redis-and-web", "postgres-for-an-app", "two-web-services", "several-services", "django-shop"])(
  "example %s installs this version, with the packages it was tried with",
  (name) => {
    const { dependencies, devDependencies } = json(`examples/${name}/package.json`);
    const { holdfast, ...others } = dependencies;
    expect(holdfast).toBe(`file:../../holdfast-${manifest.version}.tgz`);
    for (const [of, version] of Object.entries({ ...others, ...devDependencies }))
      expect(manifest.devDependencies[of], of).toBe(version);
  },
);
