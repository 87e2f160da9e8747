import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { ask, balancer, EVERY, passing, pod, READY, settings, status, until } from "../../test/support/balancer";
import { haproxyMissing } from "../../test/support/haproxy";
import { FAILING_SHARE, FAILING_TIMES, FIRST_OUT_SECONDS } from "./settings";
import { haproxyFiles, SERVERS_PATH } from "./haproxy-config";

/** Requests of a span: given, answered, failed. */
type Counts = [given: number, answered: number, failed: number];

/** A server as `outliers.decide` takes it; both spans are the same unless a second one is given. */
interface Case {
  state?: "in" | "out" | "trial";
  at?: number;
  times?: number;
  till?: number;
  spans?: [Counts, Counts?];
  hung?: number;
  since?: Counts;
}

const lua = ([given, answered, failed]: Counts) => `{ given = ${given}, answered = ${answered}, failed = ${failed} }`;

function luaServer(id: string, { state = "in", at = 0, times = 0, till = 0, hung = 0, spans, since }: Case): string {
  const [short, long] = spans ?? [[100, 100, 0]];
  return (
    `{ id = "${id}", state = "${state}", at = ${at}, times = ${times}, till = ${till}, hung = ${hung}, ` +
    `spans = { ${lua(short)}, ${lua(long ?? short)} }${since ? `, since = ${lua(since)}` : ""} }`
  );
}

/** Has HAProxy's own Lua decide every case, at second 1000: what changes, as `id state times till`. */
function decided(cases: Record<string, Case>[]): string[] {
  const folder = mkdtempSync(join(tmpdir(), "outliers-"));
  try {
    const lists = cases.map(
      (servers) =>
        `{ ${Object.entries(servers)
          .map(([id, one]) => luaServer(id, one))
          .join(", ")} }`,
    );
    writeFileSync(join(folder, "outliers.lua"), haproxyFiles(settings)["outliers.lua"]!);
    writeFileSync(
      join(folder, "cases.lua"),
      `
for _, servers in ipairs({ ${lists.join(",\n")} }) do
  local said = {}
  for id, change in pairs(outliers.decide(servers, 1000)) do
    said[#said + 1] = string.format("%s %s %d %d", id, change.state, change.times or 0, change.till or 0)
  end
  table.sort(said)
  print("decided: " .. table.concat(said, ", "))
end`,
    );
    writeFileSync(
      join(folder, "haproxy.cfg"),
      `global\n  lua-load ${folder}/outliers.lua ${FAILING_SHARE} ${FAILING_TIMES} ${FIRST_OUT_SECONDS}\n  ` +
        `lua-load ${folder}/cases.lua\n`,
    );
    const { stdout, stderr } = spawnSync("haproxy", ["-c", "-f", join(folder, "haproxy.cfg")], { encoding: "utf8" });
    const said = stdout
      .split("\n")
      .filter((line) => line.startsWith("decided:"))
      .map((line) => line.slice("decided:".length).trim());
    if (said.length !== cases.length) throw new Error(stderr);
    return said;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const sick: Case = { spans: [[100, 100, 40]] };
const well: Case = {};

const cases: [string, Record<string, Case>, string][] = [
  ["nobody fails", { a: well, b: well, c: well }, ""],
  ["one fails", { a: sick, b: well, c: well }, "a out 1 1010"],
  ["one of two fails", { a: sick, b: well }, "a out 1 1010"],
  ["the only one fails", { a: sick }, ""],
  ["all fail alike", { a: sick, b: sick, c: sick }, ""],
  ["the others fail a fifth as often", { a: sick, b: { spans: [[100, 100, 10]] }, c: { spans: [[100, 100, 10]] } }, ""],
  ["one gives no answers", { a: { spans: [[30, 0, 0]], hung: 20 }, b: well, c: well }, "a out 1 1010"],
  [
    "one hangs, and got few requests for that",
    {
      a: {
        spans: [
          [1, 1, 1],
          [6, 4, 3],
        ],
        hung: 2,
      },
      b: well,
      c: well,
    },
    "a out 1 1010",
  ],
  ["all hang alike", { a: { hung: 20 }, b: { hung: 20 }, c: { hung: 20 } }, ""],
  ["many are under way, and none for long", { a: { spans: [[100, 60, 0]] }, b: well, c: well }, ""],
  ["four failures", { a: { spans: [[5, 5, 4]] }, b: well, c: well }, ""],
  ["the others had nothing to do", { a: sick, b: { spans: [[0, 0, 0]] }, c: { spans: [[4, 4, 0]] } }, ""],
  [
    "two of three fail: the worse one",
    { a: sick, b: { spans: [[100, 100, 60]] }, c: { spans: [[1000, 1000, 0]] } },
    "b out 1 1010",
  ],
  ["one is left out, and another fails", { a: { ...sick, state: "out", till: 2000 }, b: sick, c: well }, ""],
  ["six, two of which fail", { a: sick, b: sick, c: well, d: well, e: well, f: well }, "a out 1 1010, b out 1 1010"],
  ["six, three of which fail", { a: sick, b: sick, c: sick, d: well, e: well, f: well }, ""],
  ["a trial that fails as all do", { a: { state: "trial", at: 999, since: [9, 9, 4] }, b: sick, c: sick }, ""],
  ["its time is over", { a: { state: "out", till: 1000, times: 2 }, b: well, c: well }, "a trial 2 0"],
  ["its time is not over", { a: { state: "out", till: 1001 }, b: well, c: well }, ""],
  ["a trial that has gone well", { a: { state: "trial", at: 990, times: 2, since: [12, 12, 0] }, b: well }, "a in 2 0"],
  ["a trial with few requests yet", { a: { state: "trial", at: 990, since: [3, 3, 0] }, b: well }, ""],
  [
    "a trial with few requests for a minute",
    { a: { state: "trial", at: 940, times: 1, since: [3, 3, 0] }, b: well },
    "a in 1 0",
  ],
  ["a trial with a failure", { a: { state: "trial", at: 999, times: 2, since: [9, 9, 1] }, b: well }, "a out 3 1040"],
  [
    "a trial that hangs",
    { a: { state: "trial", at: 994, times: 1, since: [1, 0, 0], hung: 1 }, b: well },
    "a out 2 1020",
  ],
  ["a trial that has just got requests", { a: { state: "trial", at: 999, since: [3, 0, 0] }, b: well }, ""],
  ["it was left out many times", { a: { ...sick, times: 20 }, b: well, c: well }, "a out 21 1300"],
  ["it has been good for long", { a: { times: 4, at: 300 }, b: well, c: well }, "a in 0 0"],
  [
    "nobody else is there",
    { a: { state: "out", till: 2000, times: 1 }, b: { state: "trial", at: 999, times: 2, since: [0, 0, 0] } },
    "a in 1 0, b in 2 0",
  ],
];

describe.skipIf(haproxyMissing !== undefined)(
  `HAProxy itself (${haproxyMissing ?? "at work"}) decides who is left out`,
  () => {
    test("as the table says", () => {
      const said = decided(cases.map(([, servers]) => servers));
      expect(cases.map(([what], index) => `${what}: ${said[index]}`)).toEqual(
        cases.map(([what, , change]) => `${what}: ${change}`),
      );
    });

    test("a server that fails its writes gets no requests after seconds, tells so, and gets its share again when it " +
      "is well", async () => {
      const fault = { there: false };
      const writesFail = () =>
        pod(status(200), ({ method }, response) => {
          response.writeHead(fault.there && method === "POST" ? 503 : 200).end();
        });
      const [bad, ...good] = [await writesFail(), await pod(status(200)), await pod(status(200))];
      const names = { [READY]: [bad, ...good], [EVERY]: [bad, ...good] };
      const running = await balancer(names);
      await until(async () => (await passing(running, "servers")) === 3);
      /** Rounds of six reads and six writes; how many answers came from the sick one, and how many were 503. */
      const load = async (rounds: number) => {
        const got = [];
        for (let round = 0; round < rounds; round++) {
          const methods = Array.from({ length: 12 }, (_, index) => (index % 2 === 0 ? "GET" : "POST"));
          got.push(...(await Promise.all(methods.map((method) => ask(running.port, { method })))));
        }
        return {
          there: got.filter(({ by }) => by === String(bad.port)).length,
          failed: got.filter(({ status: code }) => code === 503).length,
        };
      };
      const leftOut = async () => {
        const text = await (await fetch(`http://127.0.0.1:${running.operations}${SERVERS_PATH}`)).text();
        return text.split("\n").filter((line) => line.startsWith("holdfast_server_left_out") && line.endsWith(" 1"));
      };
      expect((await load(5)).there).toBe(20);
      expect(await leftOut()).toEqual([]);
      fault.there = true;
      let failed = 0;
      await until(async () => {
        failed += (await load(1)).failed;
        return (await leftOut()).length > 0;
      }, 20);
      expect(failed).toBeGreaterThan(4);
      expect(await load(5)).toEqual({ there: 0, failed: 0 });
      expect(await leftOut()).toEqual([expect.stringContaining(`server="127.0.0.1:${bad.port}"`)]);
      fault.there = false;
      await until(async () => {
        await load(5);
        return (await leftOut()).length === 0;
      }, 90);
      expect((await load(5)).there).toBe(20);
    }, 150_000);
  },
);
