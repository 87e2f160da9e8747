import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { ENVIRONMENTS } from "../config/keys";

const root = join(__dirname, "..");
const { scripts, engines } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));

interface Step {
  name?: string;
  uses?: string;
  run?: string;
}
interface Job {
  "runs-on": string;
  "timeout-minutes"?: number;
  strategy?: { matrix: Record<string, unknown[]> };
  steps: Step[];
}
interface Workflow {
  permissions?: object;
  jobs: Record<string, Job>;
}

const folder = join(root, ".github/workflows");
const workflows = Object.fromEntries(
  readdirSync(folder).map((file) => [file, parse(readFileSync(join(folder, file), "utf8")) as Workflow]),
);
const jobs = Object.entries(workflows).flatMap(([file, workflow]) =>
  Object.entries(workflow.jobs).map(([name, job]) => ({ name: `${file} ${name}`, job })),
);

/** Names of the npm scripts that a shell script calls. */
const called = (run: string) =>
  [...run.matchAll(/\bnpm (?:run (?:-s )?([\w:-]+)|(test|pack|ci)\b)/g)].map((match) => match[1] ?? match[2] ?? "");

describe.each(jobs)("$name", ({ job }) => {
  const runs = job.steps.flatMap(({ run }) => (run === undefined ? [] : [run]));

  test("calls npm scripts that exist, after it has installed their packages", () => {
    const all = runs.flatMap(called);
    expect(all[0]).toBe("ci");
    for (const name of all) expect(["ci", "pack", ...Object.keys(scripts)]).toContain(name);
  });

  test("its shell scripts can be parsed", async () => {
    // What the service puts in place of an expression is one word.
    for (const run of runs) await execa("bash", ["-n"], { input: run.replaceAll(/\$\{\{.*?\}\}/g, "word") });
  });

  test("ends by itself, and names the version of each action", () => {
    expect(job["timeout-minutes"]).toBeGreaterThan(0);
    for (const { uses } of job.steps) if (uses) expect(uses).toMatch(/@v\d+$/);
  });
});

test("every environment is previewed without a cluster", () => {
  const job = workflows["preview.yml"]?.jobs["preview"] as Job & { env: Record<string, string> };
  expect(job.strategy?.matrix["environment"]).toEqual([...ENVIRONMENTS]);
  expect(job.env["KUBECONFIG"]).toMatch(/^\/nonexistent/);
});

test("tests run on every supported Node.js and both architectures, the last tier with nothing left out", () => {
  const { unit, cluster } = workflows["test.yml"]!.jobs as Record<"unit" | "cluster", Job>;
  expect(unit.strategy?.matrix["node"]).toEqual([20, 22, 24]);
  expect(engines.node).toMatch(/^>=20\./);
  for (const job of [unit, cluster])
    expect(job.strategy?.matrix["machine"]).toEqual(["ubuntu-latest", "ubuntu-24.04-arm"]);
  expect(cluster.steps.at(-1)?.run).toBe("npm test -- --require-cluster");
});

test("a workflow may do no more than it says", () => {
  for (const [file, { permissions }] of Object.entries(workflows))
    expect(permissions, file).toMatchObject({ contents: "read" });
});
