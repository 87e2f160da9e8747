import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, expect, test, vi } from "vitest";
import { Refusal } from "../../config/refusal";

let state: string;
beforeEach(() => {
  state = mkdtempSync(join(tmpdir(), "holdfast-state-"));
  vi.stubEnv("HOLDFAST_STATE", state);
  vi.resetModules();
});
const load = async (environment: string, over?: Record<string, string>) =>
  (await import("./settings")).loadSettings(environment, over);

test.each([
  ["out of range", { webMaxReplicas: "9000" }, 'webMaxReplicas is "9000", but must be a whole number from 1 to 500.'],
  ["of the wrong type", { nodes: "three" }, "pulumi config set nodes 3"],
  ["unknown", { webMaxReplica: "6" }, "the nearest is webMaxReplicas"],
])("a key that is %s ends in a sentence, before anything else is done", async (_what, over, sentence) => {
  const error: unknown = await load("dev", over).catch((reason: unknown) => reason);
  expect((error as Error).constructor.name).toBe(Refusal.name);
  expect((error as Error).message).toMatch(/^Pulumi\.dev\.yaml: The configuration is refused/);
  expect((error as Error).message).toContain(sentence);
});

test("an environment without a file", async () => {
  await expect(load("test")).rejects.toThrow(
    "There is no Pulumi.test.yaml; make one, or choose another environment with --env.",
  );
});

test("what follows from a cluster named with --context stands over the stack file's", async () => {
  writeFileSync(
    join(state, "target-of-dev.json"),
    JSON.stringify({ context: "kind-mine", config: { kubeContext: "kind-mine", nodes: "1", zones: "1" } }),
  );
  expect(await load("dev")).toMatchObject({ kubeContext: "kind-mine", cluster: { nodes: 1, zones: 1 } });
  expect(await load("dev", {})).toMatchObject({ kubeContext: "kind-holdfast", cluster: { nodes: 3 } });
  (await import("../target/target")).forgetTarget("dev");
  expect((await load("dev")).kubeContext).toBe("kind-holdfast");
});
