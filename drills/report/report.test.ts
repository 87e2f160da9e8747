import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Drill } from "../drill";
import type { ReadTally, WriteTally } from "../measure/measure";
import { toHtml } from "./html";
import { summaryTable, table, toMarkdown } from "./markdown";
import { assemble, judge, summarise, type RunReport } from "./report";
import { samplesOf, type Sample } from "./samples";
import { toJson, writeReport } from "./write";

const none = { lost: [], duplicates: [], deposed: [], stale: [] };
const writes: WriteTally = {
  sent: 1000,
  acknowledged: 998,
  failed: 2,
  failedAs: { 503: 1, ECONNRESET: 1 },
  outageSeconds: 2.5,
  outageFromSeconds: 0.1,
  p50Ms: 8,
  p99Ms: 2400,
  worstMs: 2510,
  lost: 0,
  duplicates: 0,
  deposed: 0,
};
const reads: ReadTally = {
  sent: 1000,
  acknowledged: 1000,
  failed: 0,
  failedAs: {},
  outageSeconds: 0.2,
  outageFromSeconds: 0.1,
  p50Ms: 3,
  p99Ms: 20,
  worstMs: 210,
  stale: 0,
};
const run: RunReport = {
  run: 1,
  seed: 7,
  target: "postgres-1 on worker2",
  faultAt: "2026-01-01T00:00:10.000Z",
  healedAt: "2026-01-01T00:00:40.000Z",
  writes,
  reads,
  findings: none,
  alongside: [{ way: "sql", writes, reads: null, findings: none }],
  detection: { alert: "PostgresMemberMissing", state: "firing", seconds: 30.5 },
  named: { alert: "LoadBalancerServerFails", pod: "web-a", seconds: 60 },
  outOfMemory: [],
  isolationSeconds: 2.25,
  recoverySeconds: 2.6,
  failovers: 1,
  copies: { of: 2, gone: [] },
  acknowledgedAlone: null,
  wholeAfterSeconds: 12,
  timeline: [
    { second: 0, source: "drill", text: "fault" },
    { second: 1, source: "event", text: "Pod <b>x</b> | killed" },
  ],
};
const drill: Drill = {
  name: "postgres-node-killed",
  title: "The node of the primary loses its power.",
  needsNodeContainers: true,
  plan: () => {
    throw new Error("not planned here");
  },
  hold: { atLeast: 1, atMost: 2 },
  expect: {
    writeOutageSeconds: 3,
    failedWrites: 2,
    failovers: 1,
    copiesKept: true,
    unanswered: 1,
    namedSeconds: 60,
    wholeAgainSeconds: 60,
  },
};
const head = {
  startedAt: "2026-01-01T00:00:00.000Z",
  cluster: { context: "kind-holdfast", namespace: "online-shop", kubernetes: "v1.34.4", nodes: 4 },
  load: { url: "http://127.0.0.1:8080", writesPerSecond: 50, readsPerSecond: 50, sessions: 20, also: ["sql" as const] },
};

describe("a judgement", () => {
  it("is met while everything promised holds", () => {
    const report = assemble(drill, head, [run, { ...run, run: 2, writes: { ...writes, outageSeconds: 2.9 } }]);
    expect(report.met).toBe(true);
    expect(report.summary.writes.outageSeconds).toMatchObject({ worst: 2.9 });
  });

  it.each([
    ["a slow failover", { writes: { ...writes, outageSeconds: 9 } }, "outage of writes"],
    ["a failed write too many", { writes: { ...writes, failed: 3 } }, "failed writes"],
    ["a second failover", { failovers: 2 }, "changes of the primary"],
    ["a standby's data copied anew", { copies: { of: 2, gone: ["postgres-2"] } }, "standbys' data kept"],
    ["standbys' data that nobody could look at", { copies: null }, "standbys' data kept"],
    ["a write acknowledged with one copy", { acknowledgedAlone: ["a"] }, "acknowledged with one copy"],
    ["a stack that did not become whole", { wholeAfterSeconds: null }, "whole again"],
    ["a container killed for memory", { outOfMemory: ["redis-0/redis"] }, "killed for memory"],
    [
      "a second request without any answer",
      { reads: { ...reads, failed: 1, failedAs: { UND_ERR_SOCKET: 1 } } },
      "without any answer",
    ],
    ["an alert that names the pod too late", { named: { ...run.named!, seconds: 61 } }, "names the pod"],
    ["no alert that names the pod", { named: null }, "names the pod"],
    ["a lost write", { findings: { ...none, lost: ["a"] } }, "lost"],
    ["a stale read", { findings: { ...none, stale: ["a"] } }, "stale"],
    [
      "a write lost by the second writer",
      { alongside: [{ way: "direct", writes, reads: null, findings: { ...none, lost: ["a"] } }] },
      "lost",
    ],
  ] satisfies [string, Partial<RunReport>, string][])("is missed by %s, and by nothing else", (_, change, what) => {
    const runs = [run, { ...run, run: 2, ...change } as RunReport];
    const missed = judge(drill.expect, runs, summarise(runs)).filter((judgement) => !judgement.met);
    expect(missed).toHaveLength(1);
    expect(missed[0]!.what).toContain(what);
  });

  it("names the standby whose data is gone, and says nothing of a promise that was not made", () => {
    const runs: RunReport[] = [run, { ...run, run: 2, copies: { of: 2, gone: ["postgres-2"] } }];
    const report = assemble(drill, head, runs);
    expect(report.judgements.find(({ what }) => what.startsWith("standbys'"))).toMatchObject({
      promised: "all",
      found: "1 of 2",
      met: false,
    });
    expect(toMarkdown(report)).toContain("Standbys' data kept: 2 of 2.");
    expect(toMarkdown(report)).toContain("Standbys' data kept: 1 of 2, postgres-2's is gone.");
    const { copiesKept: _, ...others } = drill.expect;
    expect(assemble({ ...drill, expect: others }, head, runs).met).toBe(true);
  });

  it("does not hold Redis to the database's promise, but shows what it lost", () => {
    const runs: RunReport[] = [
      {
        ...run,
        alongside: [
          { way: "redis", writes: { ...writes, lost: 3 }, reads: null, findings: { ...none, lost: ["a", "b", "c"] } },
        ],
      },
    ];
    const report = assemble(drill, head, runs);
    expect(report.met).toBe(true);
    expect(toMarkdown(report)).toContain("run 1, redis: 3 lost: a, b, c");
  });

  it("holds Redis to the time it was away, where the drill promises one", () => {
    const away = (outageSeconds: number): boolean =>
      assemble({ ...drill, expect: { ...drill.expect, redisOutageSeconds: 6 } }, head, [
        { ...run, alongside: [{ way: "redis", writes: { ...writes, outageSeconds }, reads: null, findings: none }] },
      ]).met;
    expect([away(5), away(7)]).toEqual([true, false]);
  });
});

describe("the JSON", () => {
  it("has what is documented for each run", () => {
    const parsed = JSON.parse(toJson(assemble(drill, head, [run]))) as {
      drill: string;
      runs: { writes: object; reads: object }[];
    };
    expect(parsed.drill).toBe("postgres-node-killed");
    for (const key of ["sent", "acknowledged", "failed", "outageSeconds", "p50Ms", "p99Ms", "worstMs"]) {
      expect(parsed.runs[0]!.writes).toHaveProperty(key);
      expect(parsed.runs[0]!.reads).toHaveProperty(key);
    }
    expect(parsed.runs[0]!.writes).toMatchObject({ lost: 0, duplicates: 0 });
    expect(parsed.runs[0]!.reads).toMatchObject({ stale: 0 });
  });

  it("does not claim more digits than were measured", () => {
    expect(toJson(assemble(drill, head, [{ ...run, recoverySeconds: 1 / 3 }]))).toContain('"recoverySeconds": 0.333');
  });
});

describe("the Markdown", () => {
  it("has outage, failed of total, percentiles, lost and duplicates of each run and way", () => {
    const text = toMarkdown(assemble(drill, head, [run]));
    expect(text).toContain("| 1 | shop | writes | 2.50 | 2 / 1000 | 8.0 | 2400 | 2510 | 0 | 0 | 0 |  |");
    expect(text).toContain("| 1 | shop | reads | 0.20 | 0 / 1000 | 3.0 | 20 | 210 |  |  |  | 0 |");
    expect(text).toContain("| 1 | sql | writes | 2.50 |");
    expect(text).toContain(
      "**Detected** after 30.5 s: PostgresMemberMissing (firing). **Named** after 60.0 s: web-a, by " +
        "LoadBalancerServerFails. **Isolated** after 2.25 s. **Recovered** after 2.60 s; whole 12 s after healing.",
    );
  });

  it("says what came instead of acknowledgements, and who was killed for memory", () => {
    const text = toMarkdown(assemble(drill, head, [{ ...run, outOfMemory: ["redis-0/redis"] }]));
    expect(text).toContain("- run 1, writes of the shop that failed: 1 × 503, 1 × ECONNRESET");
    expect(text).toContain("- run 1: redis-0/redis was killed for the memory it used");
  });

  it("has median, p95 and worst of several runs", () => {
    const runs = [1, 2, 3, 4, 9].map((outageSeconds, index) => ({
      ...run,
      run: index + 1,
      writes: { ...writes, outageSeconds },
    }));
    expect(summaryTable(assemble(drill, head, runs))).toContain("| outage of writes, s | 3.00 | 8.00 | 9.00 |");
  });

  it("cannot be broken by a cell", () => {
    expect(table([["a"], ["x | y"]])).toBe("| a |\n|---|\n| x \\| y |");
  });
});

describe("the page", () => {
  const history = {
    writes: Array.from({ length: 200 }, (_, i) => ({
      id: `w${i}`,
      session: 1,
      due: 10_000 + i * 20,
      sent: 10_000 + i * 20,
      answered: 10_010 + i * 20,
      outcome: i % 50 === 0 ? ("failed" as const) : ("acknowledged" as const),
    })),
    reads: [{ session: 1, due: 10_000, sent: 10_000, outcome: "unanswered" as const }],
    resends: [],
  };
  const samples: Sample[] = samplesOf("shop", history, 12_000);
  let page: string;
  let folder: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "report-"));
    page = await toHtml(assemble(drill, head, [run, { ...run, run: 2 }]), [samples, samples]);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it("takes its samples from the due times, relative to the fault", () => {
    expect(samples).toHaveLength(200);
    expect(samples[0]).toEqual({ way: "shop", kind: "write", second: -2, ms: 10, ok: false });
  });

  it("draws the plots inline, with the marks of the run", () => {
    expect(page.match(/<svg/g)).toHaveLength(5);
    // `includes`, because a failing `toContain` would print the whole page.
    for (const label of ["fault", "healed", "whole", "isolated", "latency from due time, ms"])
      expect(page.includes(label), label).toBe(true);
    for (const tag of ["<script", "<link", "<img"]) expect(page.includes(tag), tag).toBe(false);
    expect(page.length).toBeLessThan(200_000);
  });

  it("shows what the cluster says as text, never as markup", () => {
    expect(page.includes("Pod &lt;b&gt;x&lt;/b&gt; | killed")).toBe(true);
  });

  it("is written beside the other forms", async () => {
    const written = await writeReport(
      assemble(drill, head, [run]),
      [samples],
      join(folder, "deep"),
      join(folder, "else", "x.json"),
    );
    expect(readFileSync(written, "utf8").includes("<svg")).toBe(true);
    expect(existsSync(join(folder, "deep", "report.md"))).toBe(true);
    expect(readFileSync(join(folder, "else", "x.json"), "utf8")).toBe(
      readFileSync(join(folder, "deep", "report.json"), "utf8"),
    );
  });
});
