import { chmodSync, mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import { contextDigest } from "../../images/context-digest";

let folder: string;
const digest = (): string => contextDigest(folder, join(folder, "Dockerfile"));
const write = (path: string, text: string): void => {
  mkdirSync(join(folder, path, ".."), { recursive: true });
  writeFileSync(join(folder, path), text);
};

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "holdfast-context-"));
  write("Dockerfile", "FROM scratch\n");
  write("src/main.ts", "1");
  write("node_modules/x/index.js", "1");
  write(".dockerignore", "*\n!src\nsrc/**/*.test.ts\n");
});

test("the digest follows a file that an allow-list lets in", () => {
  const before = digest();
  write("src/main.ts", "2");
  expect(digest()).not.toBe(before);
});

test("it follows a file's mode and name", () => {
  const before = digest();
  chmodSync(join(folder, "src/main.ts"), 0o755);
  const executable = digest();
  expect(executable).not.toBe(before);
  write("src/other.ts", "1");
  expect(digest()).not.toBe(executable);
});

test("it does not follow what is left out", () => {
  const before = digest();
  write("node_modules/x/index.js", "2");
  write("src/main.test.ts", "1");
  write("README.md", "1");
  expect(digest()).toBe(before);
});
