import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { repository } from "../local/paths";
import { throughPort } from "./forward";
import { Kubectl, reasonOf } from "./kubectl";

/** Prints its arguments, one a line, then its input; a word makes it fail, or wait for ever, instead. */
const PROGRAM = `#!/bin/sh
case "$*" in
  *fail*) echo "first" >&2; echo "Error from server (NotFound): no such thing" >&2; exit 1 ;;
  *forever*) exec sleep 60 ;;
  *port-forward*) echo "Forwarding from 127.0.0.1:4711 -> 9090"; exec sleep 60 ;;
  *"-o json") cat "$(dirname "$0")/answer"; exit ;;
esac
printf '%s\\n' "$@"; cat`;

let folder: string;
const path = process.env["PATH"];
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "kubectl-"));
  writeFileSync(join(folder, "kubectl"), PROGRAM);
  chmodSync(join(folder, "kubectl"), 0o755);
  process.env["PATH"] = [folder, path].join(delimiter);
});
afterAll(() => {
  process.env["PATH"] = path;
  rmSync(folder, { recursive: true });
});

const where = { context: "kind-test", namespace: "shop" };
const stack = new Kubectl(where);
const BOUND = "--request-timeout=10s";
const VERSION = ["-o", "jsonpath={.metadata.resourceVersion}"];

describe("what kubectl is called with", () => {
  test.each<[string, () => Promise<string>, string[]]>([
    ["any command, without a bound of its own", () => stack.run("rollout", "status", "x"), ["rollout", "status", "x"]],
    ["a question", async () => (await stack.ask("get", "x"))!, [BOUND, "get", "x"]],
    [
      "a change",
      () => stack.patch("pod", "a", { b: 1 }),
      [BOUND, "patch", "pod", "a", "--type=merge", "-p", '{"b":1}', ...VERSION],
    ],
    ["a new object", () => stack.create({ kind: "Pod" }), [BOUND, "create", "-f", "-", ...VERSION, '{"kind":"Pod"}']],
    ["a program in a pod", () => stack.exec("a", "c", "date", "-u"), ["exec", "a", "-c", "c", "--", "date", "-u"]],
    [
      "one with input",
      () => stack.with({ input: "x" }).exec("a", "c", "cat"),
      ["exec", "-i", "a", "-c", "c", "--", "cat", "x"],
    ],
    [
      "another bound",
      async () => (await stack.with({ apiSeconds: 3 }).ask("get", "x"))!,
      ["--request-timeout=3s", "get", "x"],
    ],
  ])("%s", async (_, call, args) => {
    expect((await call()).split("\n")).toEqual(["--context", "kind-test", "-n", "shop", ...args]);
  });

  test("no namespace where none is meant", async () => {
    expect(await new Kubectl({ context: "kind-test" }).run("get", "x")).toBe("--context\nkind-test\nget\nx");
  });
});

describe("what it answers", () => {
  const answer = (text: string): void => writeFileSync(join(folder, "answer"), text);

  test("an object, or nothing where there is none", async () => {
    answer('{"metadata":{"name":"a"}}');
    expect((await stack.get("pod", "a"))?.metadata?.name).toBe("a");
    answer("");
    expect(await stack.get("pod", "a")).toBeUndefined();
  });

  test("a list", async () => {
    answer('{"items":[{"kind":"Pod"},{"kind":"Service"}]}');
    expect((await stack.list(["pod", "service"])).map(({ kind }) => kind)).toEqual(["Pod", "Service"]);
  });

  test("the last line feed only where it is asked for", async () => {
    expect((await stack.run("x")).endsWith("x")).toBe(true);
    expect((await stack.with({ exact: true }).run("x")).endsWith("x\n")).toBe(true);
  });
});

describe("a call that fails", () => {
  test("throws, and its reason is the last line it said", async () => {
    expect(await stack.run("fail").catch(reasonOf)).toBe("Error from server (NotFound): no such thing");
    expect(reasonOf(new Error("ours"))).toBe("ours");
  });

  test("is no answer, and no right", async () => {
    expect(await stack.ask("fail")).toBeUndefined();
    expect(await stack.may("fail", "pod")).toBe(false);
  });

  test("ends in time, and by the caller's own reason where it is aborted", async () => {
    await expect(stack.with({ seconds: 0.2 }).run("forever")).rejects.toThrow(/timed out/);
    const drill = new AbortController();
    const running = stack.with({ signal: drill.signal }).run("forever");
    drill.abort(new Error("interrupted"));
    await expect(running).rejects.toBe(drill.signal.reason);
  });
});

test("a way to a port is open while it is used, and closed whatever came of it", async () => {
  expect(await throughPort(stack, "statefulset/x", 9090, async (url) => url)).toBe("http://127.0.0.1:4711");
  const fails = throughPort(stack, "statefulset/x", 9090, () => Promise.reject(new Error("ours")));
  await expect(fails).rejects.toThrow("ours");
  await expect(throughPort(stack, "fail", 9090, async (url) => url)).rejects.toThrow("to fail ended before");
});

test("nobody else calls kubectl, or has a client library call the API", async () => {
  const every = ["ls-files", "-co", "--exclude-standard", "*.ts", "*.mts"];
  const { stdout } = await execa("git", every, { cwd: repository });
  const calls = stdout.split("\n").filter((file) => {
    const text = file.endsWith(".test.ts") ? "" : readFileSync(join(repository, file), "utf8");
    return /(execa|spawn|spawnSync|exec|execFile|execFileSync)\(\s*"kubectl"|new KubeConfig\(/.test(text);
  });
  expect(calls.sort()).toEqual(["cluster/kubectl.ts", "cluster/watch.ts", "config/cluster-uid.ts"]);
});
