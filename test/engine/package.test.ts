import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, expect, test } from "vitest";
import { repository } from "../../local/paths";
import { NOWHERE, pulumiIn } from "../support/own-program";

/** The examples, each with what it asks to be configured and the policy settings it comes with. */
const EXAMPLES = [
  { name: "redis-and-web", config: [], policies: [] },
  { name: "two-web-services", config: [], policies: [] },
  { name: "several-services", config: [], policies: [] },
  {
    name: "postgres-for-an-app",
    config: ["--config", `postgres-for-an-app:image=registry.example.com/postgres@sha256:${"a".repeat(64)}`],
    policies: ["--policy-pack-config", "policies.json"],
  },
  {
    name: "django-shop",
    config: ["image", "postgresImage"]
      .map((key) => `django-shop:${key}=registry.example.com/${key.toLowerCase()}@sha256:${"a".repeat(64)}`)
      .flatMap((setting) => ["--config", setting]),
    policies: [],
  },
];
const [FIRST] = EXAMPLES;

let folder: string;
const example = (name: string) => join(folder, "examples", name);

/** Packs, and installs the tarball in copies of the examples that know nothing of the repository. */
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "holdfast-package-"));
  await execa("npm", ["pack", "--pack-destination", folder], { cwd: repository });
  for (const { name } of EXAMPLES)
    cpSync(join(repository, "examples", name), example(name), {
      recursive: true,
      filter: (file) => !file.includes("node_modules"),
    });
  await execa("npm", ["install", "--no-audit", "--no-fund", "--ignore-scripts"], { cwd: example(FIRST!.name) });
  // All ask for the same packages, but for one that builds images, which nothing here does.
  for (const { name } of EXAMPLES.slice(1))
    symlinkSync(join(example(FIRST!.name), "node_modules"), join(example(name), "node_modules"));
  mkdirSync(join(folder, "state"));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("the examples compile against the packed types, library files included", async () => {
  writeFileSync(
    join(folder, "tsconfig.json"),
    JSON.stringify({
      extends: "./examples/redis-and-web/tsconfig.json",
      files: EXAMPLES.map(({ name }) => `examples/${name}/index.ts`),
    }),
  );
  const { exitCode, stdout } = await execa("tsc", ["--project", folder], {
    cwd: repository,
    preferLocal: true,
    reject: false,
  });
  expect(stdout).toBe("");
  expect(exitCode).toBe(0);
});

test.each(EXAMPLES)("a real preview of $name passes every mandatory policy", async ({ name, config, policies }) => {
  await pulumiIn(example(name), folder, NOWHERE, "stack", "init", "dev");
  if (name === "django-shop")
    await pulumiIn(example(name), folder, NOWHERE, "config", "set", "--secret", "secretKey", "x", "--stack", "dev");
  const keys = ["--config", `${name}:context=nowhere`, ...config];
  const pack = ["--policy-pack", join(repository, "policy"), ...policies];
  const preview = ["preview", "--stack", "dev", ...keys, ...pack];
  const { exitCode, all } = await pulumiIn(example(name), folder, NOWHERE, ...preview);
  expect(all).toMatch(/\+ \d+ to create/);
  expect(all).not.toContain("[mandatory]");
  expect(exitCode).toBe(0);
});
