import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ExecaError, execa } from "execa";
import { describe, expect, test } from "vitest";
import { Refusal } from "../../config/refusal";
import { repository } from "../../local/paths";
import { command, lastWord } from "./cli";

describe("as npm runs it (vitest forgives what Node.js' loaders do not)", () => {
  const run = (args: string[], env: Record<string, string> = {}) =>
    execa("npx", ["tsx", ...args], { cwd: repository, env, reject: false });

  test("the command that needs nearly every module loads", async () => {
    expect((await run(["commands/up.ts", "--help"])).stdout).toContain("--context <name>");
  });

  test("who reads only the first line leaves no trace behind", async () => {
    const { stdout, stderr, exitCode } = await execa(
      "bash",
      ["-o", "pipefail", "-c", "npx tsx commands/manifests.ts | head -n 1"],
      { cwd: repository, reject: false },
    );
    expect({ stdout: stdout.slice(0, 10), stderr, exitCode }).toEqual({
      stdout: "# Rendered",
      stderr: "",
      exitCode: 0,
    });
  });

  test("a refused configuration is told by its sentences alone, and the exit code is not 0", async () => {
    const state = mkdtempSync(join(tmpdir(), "holdfast-state-"));
    writeFileSync(
      join(state, "target-of-dev.json"),
      JSON.stringify({ context: "kind-mine", config: { nodes: "many" } }),
    );
    const { stderr, exitCode } = await run(["commands/status.ts"], { HOLDFAST_STATE: state });
    expect(stderr.trim()).toMatch(
      /^Pulumi\.dev\.yaml: The configuration is refused:\n.*nodes is "many".*\n.*pulumi config set nodes 3$/,
    );
    expect(exitCode).toBe(1);
  });
});

test("an unknown environment: the ones there are", () => {
  const program = command("up", "")
    .exitOverride()
    .configureOutput({ writeErr: () => undefined });
  expect(() => program.parse(["node", "up", "--env", "production"])).toThrow("Allowed choices are dev, staging, prod.");
});

test("a sentence for a person is all that is printed", () => {
  expect(lastWord(new Refusal("Do this."))).toBe("Do this.");
});

test("a program that failed is told by its own last line, with what it means where that is known", async () => {
  const run = async (text: string): Promise<string | undefined> => {
    const error: unknown = await execa("sh", ["-c", `echo details; echo '${text}' >&2; exit 3`]).catch(
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(ExecaError);
    return lastWord(error);
  };
  expect(await run("Error: no such image")).toMatch(
    /^`sh -c .*` failed \(exit code 3\): Error: no such image\nRun the same command again/,
  );
  expect(await run("write /x: no space left on device")).toContain("The disk is full");
});

test("a mistake of ours is not hidden behind a sentence", () => {
  expect(lastWord(new TypeError("x is not a function"))).toBeUndefined();
});
