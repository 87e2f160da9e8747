import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parseDocument } from "yaml";
import { PROJECT } from "../../config/parse";
import { repository } from "../../local/paths";
import { KEY_NAMES, OTHER_VALUES, together } from "../support/other-values";
import { NOWHERE, pulumiIn } from "../support/own-program";

/**
 * Keys set in one preview. A preview takes ten seconds, so one for each key would take ten minutes. Where a batch
 * fails, `HOLDFAST_EACH_KEY=1` tries each key alone; test/engine/each-key.test.ts does so over the graph, without an
 * engine.
 */
const BATCH = process.env["HOLDFAST_EACH_KEY"] ? 1 : 8;

const batches = Array.from({ length: Math.ceil(KEY_NAMES.length / BATCH) }, (_, index) =>
  KEY_NAMES.slice(index * BATCH, (index + 1) * BATCH),
);

let folder: string;

/** A real preview of the real program with every policy; nothing is built, and there is no cluster. */
function preview(keys: Record<string, string>) {
  const file = parseDocument(readFileSync(join(repository, "Pulumi.dev.yaml"), "utf8"));
  const images = { webAppImage: "holdfast/web-app:1", postgresImage: "holdfast/postgres:1" };
  for (const [key, value] of Object.entries({ ...images, ...keys })) file.setIn(["config", `${PROJECT}:${key}`], value);
  writeFileSync(join(folder, "stack.yaml"), file.toString());
  const files = ["--config-file", join(folder, "stack.yaml"), "--policy-pack", "policy"];
  return pulumiIn(repository, folder, NOWHERE, "preview", "--stack", "dev", ...files);
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "holdfast-keys-"));
  mkdirSync(join(folder, "state"));
  // Made beside the repository: `stack init` writes into the stack file of its folder.
  writeFileSync(join(folder, "Pulumi.yaml"), `name: ${PROJECT}\nruntime: nodejs\n`);
  const { exitCode, all } = await pulumiIn(folder, folder, {}, "stack", "init", "dev");
  expect(exitCode, all).toBe(0);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.each(batches.map((keys) => [keys.join(", "), keys] as const))(
  "other values of %s pass every policy in a real preview",
  async (_names, keys) => {
    const { all, exitCode } = await preview(together(keys));
    expect(all).toMatch(/\+ \d+ to create/);
    expect(all).not.toMatch(/\[mandatory\]|\[advisory\]|could not be decided/);
    expect(exitCode, all).toBe(0);
  },
);

test("a refused value ends the preview with the key and what to type, without the secret", async () => {
  const { value } = OTHER_VALUES.alertWebhook.find(({ says }) => says)!;
  const { all, exitCode } = await preview({ alertWebhook: value });
  expect(all).toContain("Type: pulumi config set alertWebhook https://hooks.example.com/alerts");
  expect(all).not.toContain(value);
  expect(exitCode).not.toBe(0);
});

test("a value that a policy refuses ends the preview with the policy's name", async () => {
  const { value } = OTHER_VALUES.postgresWorkMem.find(({ says }) => says)!;
  const { all, exitCode } = await preview({ postgresWorkMem: value });
  expect(all).toMatch(/\[mandatory\] +postgres-memory-fits/);
  expect(exitCode).not.toBe(0);
});
