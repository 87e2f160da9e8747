import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parseDocument } from "yaml";
import { PROJECT } from "../../config/parse";
import { repository } from "../../local/paths";
import type { KeyName } from "../../config/keys";
import { culprits } from "../support/culprits";
import { KEY_NAMES, OTHER_VALUES, together } from "../support/other-values";

/**
 * Keys set in one preview: one takes ten seconds, so one for each key would take as many minutes. A group that fails is
 * halved until the key is known. `HOLDFAST_EACH_KEY=1` takes each key alone; over the graph, without an engine,
 * test/engine/each-key.test.ts always does.
 */
const BATCH = process.env["HOLDFAST_EACH_KEY"] ? 1 : 8;

const batches = Array.from({ length: Math.ceil(KEY_NAMES.length / BATCH) }, (_, index) =>
  KEY_NAMES.slice(index * BATCH, (index + 1) * BATCH),
);

let folder: string;

/** Tools from where the commands have them ($1), state of its own ($0). */
const BACKEND = [
  'eval "$(npm run -s env --prefix "$1")"',
  'export PULUMI_BACKEND_URL="file://$0/state" PULUMI_CONFIG_PASSPHRASE=keys',
  "unset PULUMI_CONFIG_PASSPHRASE_FILE PULUMI_STACK",
];

/** A real preview of the real program with every policy; nothing is built, and there is no cluster. */
function preview(keys: Record<string, string>) {
  const file = parseDocument(readFileSync(join(repository, "Pulumi.dev.yaml"), "utf8"));
  const images = { webAppImage: "holdfast/web-app:1", postgresImage: "holdfast/postgres:1" };
  for (const [key, value] of Object.entries({ ...images, ...keys })) file.setIn(["config", `${PROJECT}:${key}`], value);
  writeFileSync(join(folder, "stack.yaml"), file.toString());
  const script = [
    ...BACKEND,
    "export PULUMI_NODEJS_TRANSPILE_ONLY=true",
    'pulumi preview --stack dev --non-interactive --config-file "$0/stack.yaml" --policy-pack policy',
  ].join("\n");
  return execa("bash", ["-c", script, folder, repository], {
    cwd: repository,
    env: { KUBECONFIG: "/nonexistent/kubeconfig" },
    all: true,
    reject: false,
  });
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "holdfast-keys-"));
  mkdirSync(join(folder, "state"));
  // Made beside the repository: `stack init` writes into the stack file of its folder.
  writeFileSync(join(folder, "Pulumi.yaml"), `name: ${PROJECT}\nruntime: nodejs\n`);
  const script = [...BACKEND, "pulumi stack init dev --non-interactive"].join("\n");
  await execa("bash", ["-c", script, folder, repository], { cwd: folder });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What a preview with other values of these keys printed, if it is not as it should be. */
async function complaint(keys: readonly KeyName[]): Promise<string | undefined> {
  const { all, exitCode } = await preview(together(keys));
  const words = ["[mandatory]", "[advisory]", "could not be decided"];
  const well = exitCode === 0 && /\+ \d+ to create/.test(all) && !words.some((word) => all.includes(word));
  return well ? undefined : all;
}

/** As long as nine previews take: the group, its halves, and theirs. */
const HALVING_MS = 300_000;

test.each(batches.map((keys) => [keys.join(", "), keys] as const))(
  "other values of %s pass every policy in a real preview",
  async (_names, keys) => {
    const said = await complaint(keys);
    if (said === undefined) return;
    const named = await culprits(keys, async (some) => (await complaint(some)) !== undefined);
    expect.fail(`${named.join(", ")}: ${said}`);
  },
  HALVING_MS,
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
