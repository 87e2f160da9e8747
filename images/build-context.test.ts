import {
  chmodSync,
  cpSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, expect, test } from "vitest";
import { repository } from "../local/paths";
import { buildFolder, OWN_IMAGES, writeBuildContext } from "./build-context";
import { contextDigest } from "./context-digest";

const names = Object.keys(OWN_IMAGES) as (keyof typeof OWN_IMAGES)[];
const folder = mkdtempSync(join(tmpdir(), "holdfast-build-"));
let source: string;

beforeEach(() => {
  source = mkdtempSync(join(folder, "clone-"));
  for (const path of Object.values(OWN_IMAGES)) {
    const filter = (file: string): boolean => !/node_modules|__pycache__/.test(file);
    cpSync(join(repository, path), join(source, path), { recursive: true, filter });
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const build = (name: keyof typeof OWN_IMAGES): string => {
  const target = join(mkdtempSync(join(folder, "copy-")), "context");
  writeBuildContext(join(source, OWN_IMAGES[name]), target);
  return target;
};
/** Digest by the official Docker plugin's rule, which counts modes. */
const digestOf = (target: string): string => contextDigest(target, join(target, "Dockerfile"));
const digests = () => names.map((name) => digestOf(build(name)));
const entries = (folder: string) =>
  readdirSync(folder, { recursive: true, withFileTypes: true }).map((entry) => ({
    path: join(entry.parentPath, entry.name),
    isFile: entry.isFile(),
  }));
const everyFile = (): string[] =>
  entries(source)
    .filter(({ isFile }) => isFile)
    .map(({ path }) => path);
const rewrite = (file: string, change: (text: string) => string): void =>
  writeFileSync(file, change(readFileSync(file, "utf8")));

test.each<[string, () => void]>([
  [
    "modes, as umask 002 makes them",
    () => entries(source).forEach(({ path, isFile }) => chmodSync(path, isFile ? 0o664 : 0o775)),
  ],
  ["executable bits, as some file systems show them", () => everyFile().forEach((file) => chmodSync(file, 0o777))],
  ["times", () => everyFile().forEach((file) => utimesSync(file, 1, 1))],
  ["line endings", () => everyFile().forEach((file) => rewrite(file, (text) => text.replaceAll("\n", "\r\n")))],
  [
    "files that are left out",
    () => {
      mkdirSync(join(source, "app/node_modules/x"), { recursive: true });
      mkdirSync(join(source, "components/postgres/image/holdfast/__pycache__"));
      const leftOut = [
        "app/node_modules/x/index.js",
        "app/notes.md",
        "components/postgres/image/holdfast/__pycache__/x.pyc",
        "components/postgres/image/y.test.ts",
        // What editors, patches and systems leave beside a source file.
        ...[
          "app/src",
          "app/migrations",
          "app/views",
          "components/postgres/image/holdfast",
          "components/postgres/image/holdfast/backup",
        ].flatMap((path) =>
          [".DS_Store", ".main.ts.swp", ".#start.py", "start.py~", "main.ts~", "#start.py#", "main.ts.orig"].map(
            (name) => `${path}/${name}`,
          ),
        ),
      ];
      for (const file of leftOut) writeFileSync(join(source, file), "x");
      for (const path of Object.values(OWN_IMAGES))
        rewrite(join(source, path, ".dockerignore"), (text) => `${text}\n# a word\n`);
    },
  ],
])("%s do not matter", (_what, change) => {
  const before = digests();
  change();
  expect(digests()).toEqual(before);
});

test.each<[string, string]>([
  ["web-app", "app/src/main.ts"],
  ["postgres", "components/postgres/image/holdfast/start.py"],
  ["web-app", "app/Dockerfile"],
])("one byte more is another %s image, and only that: %s", (changed, file) => {
  const before = digests();
  rewrite(join(source, file), (text) => `${text}\n`);
  expect(digests().map((digest, i) => digest !== before[i])).toEqual(names.map((name) => name === changed));
});

test("a copy that is there already becomes the new one, with what is gone taken away", () => {
  const target = build("postgres");
  rmSync(join(source, "components/postgres/image/holdfast/start.py"));
  mkdirSync(join(target, "left/over"), { recursive: true });
  writeFileSync(join(target, "left/over/file"), "x");
  chmodSync(join(target, "Dockerfile"), 0o600);
  writeBuildContext(join(source, "components/postgres/image"), target);
  expect(digestOf(target)).toBe(digestOf(build("postgres")));
  expect(readdirSync(target)).not.toContain("left");
});

test("nothing but names and contents reaches the engine", () => {
  const target = build("postgres");
  for (const { path, isFile } of entries(target)) {
    const { mode, mtime } = lstatSync(path);
    expect([mode & 0o777, mtime.toISOString()]).toEqual([isFile ? 0o644 : 0o755, "2000-01-01T00:00:00.000Z"]);
  }
});

test("bytes of a file that is no text stay", () => {
  const bytes = Buffer.from([0, 13, 10, 255]);
  writeFileSync(join(source, "app/views/logo.png"), bytes);
  expect(readFileSync(join(build("web-app"), "views/logo.png"))).toEqual(bytes);
});

test("the folder that goes into the state is the same in every checkout", () => {
  expect(buildFolder("web-app")).toBe(".holdfast/images/web-app");
});
