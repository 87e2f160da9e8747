import { ExecaError, execa } from "execa";
import { expect, test } from "vitest";
import { Impossible } from "../../local/docker/engine";
import { repository } from "../../local/paths";
import { command, lastWord } from "./cli";

test("the command that needs nearly every module loads as npm runs it: vitest forgives imports that Node.js does not", async () => {
  const { stdout } = await execa("npx", ["tsx", "commands/up.ts", "--help"], { cwd: repository });
  expect(stdout).toContain("--context <name>");
});

test("an unknown environment: the ones there are", () => {
  const program = command("up", "").exitOverride().configureOutput({ writeErr: () => undefined });
  expect(() => program.parse(["node", "up", "--env", "production"])).toThrow("Allowed choices are dev, staging, prod.");
});

test("a sentence for a person is all that is printed", () => {
  expect(lastWord(new Impossible("Do this."))).toBe("Do this.");
});

test("a program that failed is told by its own last line, with what it means where that is known", async () => {
  const run = async (text: string): Promise<string | undefined> => {
    const error: unknown = await execa("sh", ["-c", `echo details; echo '${text}' >&2; exit 3`]).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ExecaError);
    return lastWord(error);
  };
  expect(await run("Error: no such image")).toMatch(/^`sh -c .*` failed \(exit code 3\): Error: no such image\nRun the same command again/);
  expect(await run("write /x: no space left on device")).toContain("The disk is full");
});

test("a mistake of ours is not hidden behind a sentence", () => {
  expect(lastWord(new TypeError("x is not a function"))).toBeUndefined();
});
