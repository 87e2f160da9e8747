import { existsSync, mkdtempSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Step } from "./step";

/** The module under test, on a cache of its own. */
let runner: typeof import("./runner");
let folder: string;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "holdfast-cache-"));
  vi.stubEnv("HOLDFAST_CACHE", folder);
  // The progress that a person would see.
  for (const stream of [process.stdout, process.stderr]) vi.spyOn(stream, "write").mockImplementation(() => true);
  vi.resetModules();
  runner = await import("./runner");
});

afterEach(() => void vi.restoreAllMocks());

const step = (name: string, build: Step["build"], more: Partial<Step> = {}): Step => ({
  name,
  title: name,
  needs: [],
  inputs: () => ["1"],
  seconds: 1,
  lane: "network",
  build,
  ...more,
});
const writes =
  (text: string): Step["build"] =>
  async ({ out }) =>
    writeFileSync(join(out, "file"), text);

test("a program that reads standard output is told no progress", async () => {
  await runner.buildSteps([step("one", writes("one"))], "test");
  expect(process.stderr.write).toHaveBeenCalled();
  expect(process.stdout.write).not.toHaveBeenCalled();
});

test("a step that was interrupted is made by the next run with what needs it, and nothing twice", async () => {
  const made: string[] = [];
  let broken = true;
  const base = step("base", async (folders) => {
    made.push("base");
    await writes("base")(folders, () => undefined);
  });
  const middle = step(
    "middle",
    async (folders) => {
      made.push("middle");
      writeFileSync(join(folders.out, "half"), "");
      if (broken) throw new Error("interrupted");
      await writes(readFileSync(join(folders.of("base"), "file"), "utf8"))(folders, () => undefined);
    },
    { needs: [base] },
  );
  const top = step(
    "top",
    async (folders) => {
      made.push("top");
      await writes("top")(folders, () => undefined);
    },
    { needs: [middle] },
  );

  await expect(runner.buildSteps([top], "test")).rejects.toThrow("interrupted");
  expect(existsSync(runner.stepOutput(middle))).toBe(false);
  expect((await runner.missing([top])).map(({ name }) => name)).toEqual(["middle", "top"]);

  broken = false;
  await runner.buildSteps([top], "test");
  expect(made).toEqual(["base", "middle", "middle", "top"]);
  expect(readFileSync(join(runner.stepOutput(middle), "file"), "utf8")).toBe("base");
  expect(await runner.missing([top])).toEqual([]);
});

test("a changed input makes the step and what needs it anew, and takes the old output away", async () => {
  let input = "1";
  const base = step("base", writes("x"), { inputs: () => [input] });
  const top = step("top", writes("y"), { needs: [base] });
  await runner.buildSteps([top], "test");
  input = "2";
  expect((await runner.missing([top])).map(({ name }) => name)).toEqual(["base", "top"]);
  await runner.buildSteps([top], "test");
  expect(readdirSync(join(folder, "steps"))).toHaveLength(2);
});

test("a step sees no other step's output than those it declares", async () => {
  const secret = step("secret", writes("x"));
  await expect(
    runner.buildSteps(
      [
        step("curious", async ({ of }) => {
          of(secret.name);
        }),
      ],
      "test",
    ),
  ).rejects.toThrow("does not declare that it needs secret");
});

test("two lanes overlap: the longer one is the time to expect", () => {
  const lanes = [step("a", writes("")), step("b", writes("")), step("c", writes(""), { lane: "cpu", seconds: 5 })];
  expect(runner.expectedSeconds(lanes)).toBe(5);
});
