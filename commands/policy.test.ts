import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, expect, test } from "vitest";

const root = join(import.meta.dirname, "..");
const policy = (args: string[], input = "") =>
  execa("tsx", ["commands/policy.ts", ...args], { cwd: root, preferLocal: true, input, reject: false });
const plain = (name: string) => join("examples", `plain-${name}`, "manifests.yaml");
const NODE_PORT =
  "apiVersion: v1\nkind: Service\nmetadata: {name: web, namespace: shop}\nspec: {type: NodePort, ports: [{port: " +
  "80}]}\n";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "holdfast-policy-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("nothing to say about three plain stacks that owe Holdfast nothing: 0", async () => {
  const { stdout, exitCode } = await policy([
    "--format",
    "json",
    plain("deployment"),
    plain("cronjob"),
    plain("statefulset"),
  ]);
  expect(JSON.parse(stdout)).toMatchObject({
    objects: 18,
    mandatory: 0,
    advisory: 0,
    exempted: 0,
    undecided: 0,
    findings: [],
  });
  expect(exitCode).toBe(0);
});

test("a mandatory violation, from standard input, by name and with its fix: 1; advisory only: 0", async () => {
  const strict = await policy(["-"], NODE_PORT);
  expect(strict.stdout).toMatch(/mandatory .* exposed-service-local/);
  expect(strict.stdout).toContain("Fix: Set `externalTrafficPolicy: Local`");
  expect(strict.exitCode).toBe(1);
  expect((await policy(["--env", "dev", "-"], NODE_PORT)).exitCode).toBe(0);
});

test("what is not understood is named, the rest is judged: 2", async () => {
  const { stdout, stderr, exitCode } = await policy(["-"], `${NODE_PORT}---\njust: text\n---\na: *b\n`);
  expect(stdout).toMatch(/mandatory .* exposed-service-local/);
  expect(stderr.split("\n")).toEqual([
    expect.stringContaining("standard input, line 6: not understood: no Kubernetes object"),
    expect.stringContaining("standard input, line 8: not understood: the anchor of *b"),
  ]);
  expect(exitCode).toBe(2);
});

test("a configuration exempts, a wrong one is refused by name: 2", async () => {
  const file = join(folder, "config.json");
  const exemption = { resource: "shop/web", reason: "until the balancer is there", until: "2999-12-31" };
  writeFileSync(file, JSON.stringify({ "exposed-service-local": { exemptions: [exemption] } }));
  const exempted = await policy(["--config", file, "--format", "sarif", "-"], NODE_PORT);
  expect(JSON.parse(exempted.stdout).runs[0].results[0].suppressions).toHaveLength(1);
  expect(exempted.exitCode).toBe(0);
  writeFileSync(file, JSON.stringify({ "exposed-servce-local": "advisory" }));
  expect(await policy(["--config", file, "-"], NODE_PORT)).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining("the nearest is exposed-service-local"),
  });
});

test.each([
  ["a file that is not there", ["nowhere.yaml"], "nowhere.yaml cannot be read"],
  ["a folder", ["policy"], "policy cannot be read: EISDIR"],
  ["no manifest", ["package.json"], "no Kubernetes object"],
  ["nothing", ["-"], "no Kubernetes object in it"],
  ["no file", [], "missing required argument"],
  ["an unknown environment", ["--env", "qa", "-"], "Allowed choices are dev, staging, prod"],
])("%s ends in one sentence: 2", async (_what, args, sentence) => {
  expect(await policy(args)).toMatchObject({ exitCode: 2, stderr: expect.stringContaining(sentence), stdout: "" });
});
