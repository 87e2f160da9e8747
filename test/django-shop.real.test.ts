import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { freePort, REDIS_SERVER } from "../app/src/testing/redis";
import { POSTGRES_BIN, TestPostgres } from "../app/src/testing/postgres";
import { packagesFolder } from "../commands/support/python-packages";
import { repository } from "../local/paths";

const PROJECT = join(repository, "examples/django-shop/app");
const PYTHON = process.env["MACHINE_PYTHON"] ?? "python3";
const packages = packagesFolder(join(PROJECT, "requirements.txt"), PYTHON);

const missing = [
  ...(packages !== undefined && existsSync(packages)
    ? []
    : ["the example's Python packages, which `npm test` installs"]),
  ...(POSTGRES_BIN === undefined ? ["a PostgreSQL server"] : []),
];

let postgres: TestPostgres | undefined;
let redis: ChildProcess | undefined;
let said = "";

beforeAll(async () => {
  if (missing.length > 0) return;
  postgres = await TestPostgres.primary();
  const port = await freePort();
  if (REDIS_SERVER) redis = spawn(REDIS_SERVER, ["--port", `${port}`, "--save", ""], { stdio: "ignore" });
  const address = `redis://127.0.0.1:${port}`;
  const { status, stderr } = spawnSync(PYTHON, ["-B", "manage.py", "test", "-v2"], {
    cwd: PROJECT,
    encoding: "utf8",
    env: {
      ...process.env,
      PYTHONPATH: packages,
      SECRET_KEY: "of the tests",
      DATABASE_URL: `postgresql://postgres@127.0.0.1:${postgres.port}/postgres`,
      ...(redis && { CACHE_URL: `${address}/0`, CELERY_BROKER_URL: `${address}/1` }),
    },
  });
  said = stderr;
  expect(status, stderr).toBe(0);
});
afterAll(() => {
  redis?.kill("SIGKILL");
  postgres?.remove();
});

test("the Django shop passes its own tests on a real PostgreSQL", ({ skip }) => {
  skip(missing.length > 0, `needs ${missing.join(" and ")}`);
  expect(said).toMatch(/^Ran [1-9]\d tests/m);
});

test("and those that need a real Redis", ({ skip }) => {
  const left = missing.length > 0 ? missing : (said.match(/\.\.\. skipped .*$/gm) ?? []);
  skip(left.length > 0, left.join("; "));
});
