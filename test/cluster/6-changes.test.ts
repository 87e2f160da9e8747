import { execa } from "execa";
import { afterAll, expect, test } from "vitest";
import { repository } from "../../local/paths";
import { npmRun, pulumi } from "../support/live";

const stackFile = ["--config-file", ".holdfast/Pulumi.dev.yaml"];
const KEY = "holdfast:webMaxReplicas";

interface Step {
  op: string;
  urn: string;
}

/** The changes of a preview, as `operation resource`. */
async function changes(...args: string[]): Promise<string[]> {
  const { steps } = JSON.parse(await pulumi("preview", "--json", ...stackFile, ...args)) as { steps: Step[] };
  return steps
    .filter((step) => step.op !== "same")
    .map((step) => `${step.op} ${step.urn.split("::").slice(2).join(" ").replace(/.*\$/, "")}`);
}

const changedFiles = async (): Promise<string> =>
  (await execa("git", ["status", "--porcelain"], { cwd: repository })).stdout;

const before = await changedFiles();

afterAll(async () => {
  // A failed test may have left its changes in the copy of the stack file.
  await npmRun("up");
}, 300_000);

test("a second up changes nothing, and leaves the working tree as it was", async () => {
  const said = await npmRun("up");
  expect(said).toMatch(/Resources:\s+\d+ unchanged/);
  expect(await changedFiles()).toBe(before);
});

test("a change of the autoscaler's maximum changes the autoscaler and nothing that does not depend on it", async () => {
  const found = await changes("--config", `${KEY}=5`);
  expect(found).toContain("update kubernetes:autoscaling/v2:HorizontalPodAutoscaler web-app");
  expect(found.filter((change) => /StatefulSet|Secret|RandomPassword|Image|Namespace/.test(change))).toEqual([]);
});

test("status shows each component with its primary", async () => {
  const table = await npmRun("status");
  expect(table).toMatch(/postgres\s+│ 3\/3\s+│ postgres-\d/);
  expect(table).toMatch(/redis\s+│ 3\/3\s+│ redis-\d/);
  expect(table).toMatch(/load-balancer\s+│ 2\/2\s+│\s+│ http:/);
});
