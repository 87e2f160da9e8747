import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { LOAD_PROFILES } from "../../planner/profiles";
import { compareDisciplines, planStack } from "../../planner/stack";
import { forecastPlan, forecastReport } from "./forecast";
import { pricesForm } from "./forms";
import { historyFromCsv } from "./csv";
import { historyFromPrometheus } from "./prometheus";
import { disciplineTable, planReport } from "./report";
import { completeLoad, completeSlo, OWN_PRICES, questionOf } from "./request";

const folder = mkdtempSync(join(tmpdir(), "plan-"));
const file = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};

describe("a question from flags, file and profile", () => {
  it("reads the flags of the README", async () => {
    const question = await questionOf({
      rate: "200",
      serviceTime: "20ms",
      slo: "p99=250ms",
      availability: "99.95",
      zones: "2",
    });
    expect(question.load).toEqual({ rate: 200, serviceTimeMs: 20 });
    expect(question.slo).toEqual({ percentile: 99, latencyMs: 250, availability: 99.95 });
    expect(question.topology).toEqual({ zones: 2 });
  });

  it("lays the file over the profile and the flags over both", async () => {
    const path = file("plan.yaml", "load: { rate: 80 }\ntopology: { zones: 3 }\n");
    const question = await questionOf({ profile: "education", file: path, serviceTime: "30ms" });
    expect(question.load).toEqual({ ...LOAD_PROFILES.education.load, rate: 80, serviceTimeMs: 30 });
    expect(question.slo).toEqual(LOAD_PROFILES.education.slo);
    expect(question.topology).toEqual({ zones: 3, algorithm: "leastconn" });
  });

  it.each<[string, () => unknown, string]>([
    [
      "a flag without a number",
      () => questionOf({ rate: "many" }),
      '--rate is "many": it is not a number. Give digits only, for example 200.',
    ],
    [
      "a time without sense",
      () => questionOf({ serviceTime: "soon" }),
      '--service-time is "soon": it is not a duration. Give a number with a unit, for example 20ms or 1.5s.',
    ],
    [
      "a promise without a time",
      () => questionOf({ slo: "fast" }),
      '--slo is "fast": it must name a percentile and a time. Give it as p99=250ms.',
    ],
    ["no rate", () => completeLoad({ serviceTimeMs: 20 }), "--rate is not given"],
    ["no service time", () => completeLoad({ rate: 20 }), "--service-time is not given"],
    ["no promise", () => completeSlo(undefined), "--slo is not given: nothing is promised, so any size would do."],
    [
      "a file that is not there",
      () => questionOf({ file: "nowhere.yaml" }),
      "--file is nowhere.yaml: it cannot be read",
    ],
    [
      "a file with a wrong key",
      () => questionOf({ file: file("wrong.yaml", "load: { speed: 3 }") }),
      'wrong.yaml: load: Unrecognized key: "speed"',
    ],
    [
      "a price file without prices",
      () => questionOf({ prices: file("free.yaml", "currency: EUR") }),
      "free.yaml: nodes: ",
    ],
  ])("says in a sentence what is wrong with %s", async (_, ask, sentence) => {
    await expect(async () => {
      await ask();
    }).rejects.toThrow(sentence);
  });

  it("finds its own prices as it asks others to write theirs", () => {
    expect(() => pricesForm.parse(parse(readFileSync(OWN_PRICES, "utf8")))).not.toThrow();
  });
});

describe("the report", () => {
  it("has size, expectation, availability, sensitivity, balancing, cost and assumptions", async () => {
    const { load, slo, topology, durability, prices } = await questionOf({
      rate: "200",
      serviceTime: "20ms",
      slo: "p99=250ms",
      zones: "2",
    });
    const text = planReport(
      planStack({ load: completeLoad(load), slo: completeSlo(slo), topology, durability, prices }),
    );
    expect(text).toMatch(/web pods +10 to 18 +of 900m CPU requested/);
    expect(text).toMatch(/at the peak, a zone lost +400\/s +9 +89 % .* 201 ms +kept/);
    expect(text).toMatch(/in all +82\.5 minutes, 99\.984 % up: the promise of 99\.95 % is kept/);
    expect(text).toMatch(/a zone is lost and service time grows 30 % .* grows for ever +BROKEN +12/);
    expect(text).toMatch(/cost +388 USD/);
    expect(text).toContain("No peak was given: twice the rate, 400/s.");
  });

  it("judges 500 pods at 487 erlang, and says which queue each line assumes", () => {
    const text = disciplineTable(
      compareDisciplines(
        { rate: 24_350, serviceTimeMs: 20 },
        { percentile: 99, latencyMs: Infinity },
        { zones: 2, balancers: 1 },
        500,
        24_350,
      ),
    );
    expect(text).toMatch(
      /shared +97 % +0\.4465 +20\.7 ms .*one queue for all pods, held in the balancer \(per-server maxconn\): M\/M\/c/,
    );
    expect(text).not.toContain("NaN");
  });
});

/** Three days of hourly rates that repeat. */
const DAYS = Array.from({ length: 72 }, (_, hour) => 100 + 50 * Math.sin((hour / 24) * 2 * Math.PI));
const START = Date.UTC(2026, 0, 1) / 1000;

describe("a history", () => {
  it("is read from CSV, small holes filled", () => {
    const lines = DAYS.map((y, hour) => `${new Date((START + hour * 3600) * 1000).toISOString()},${y}`);
    lines.splice(10, 2);
    const history = historyFromCsv(file("history.csv", ["time,rate", ...lines].join("\n")));
    expect(history).toMatchObject({ stepSeconds: 3600, end: START + 71 * 3600 });
    expect(history.rates).toHaveLength(72);
    expect(history.rates.slice(9, 13)).toEqual([DAYS[9], DAYS[9], DAYS[9], DAYS[12]]);
  });

  it("is refused with its line, or with its hole", () => {
    expect(() => historyFromCsv(file("bad.csv", "time,rate\n2026-01-01T00:00:00Z,5\nyesterday,6"))).toThrow(
      'bad.csv line 3: "yesterday,6" is not a time and a rate.',
    );
    expect(() => historyFromCsv(file("hole.csv", "time,rate\n0,1\n60,1\n6000,1"))).toThrow(
      "19 values missing before 1970-01-01T01:40:00.000Z",
    );
    expect(() => historyFromCsv(join(folder, "none.csv"))).toThrow("it cannot be read");
  });

  describe("from a Prometheus", () => {
    let url = "";
    let asked: URL;
    const server = createServer((request, response) => {
      asked = new URL(request.url!, "http://prometheus");
      const series = { metric: {}, values: DAYS.map((y, hour) => [START + hour * 3600, String(y)]) };
      const result = asked.searchParams.get("query") === "up" ? [series, series] : [series];
      response.end(JSON.stringify({ status: "success", data: { resultType: "matrix", result } }));
    });
    beforeAll(
      () =>
        new Promise<void>((done) =>
          server.listen(0, "127.0.0.1", () => {
            url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
            done();
          }),
        ),
    );
    afterAll(() => new Promise<void>((done) => void server.close(() => done())));

    it("is asked for as a range", async () => {
      const history = await historyFromPrometheus(url, "sum(x)", 3, 3600, START + 72 * 3600 + 5);
      expect(history.rates).toEqual(DAYS);
      expect(Object.fromEntries(asked.searchParams)).toEqual({
        query: "sum(x)",
        start: String(START),
        end: String(START + 72 * 3600),
        step: "3600",
      });
    });

    it("must be one series from one that answers", async () => {
      await expect(historyFromPrometheus(url, "up", 3, 3600, START)).rejects.toThrow(
        "--query is up: it gives 2 series where one is wanted.",
      );
      await expect(historyFromPrometheus("http://127.0.0.1:9", "up", 3, 3600, START)).rejects.toThrow(
        "--from-prometheus is http://127.0.0.1:9: it does not answer",
      );
    });
  });
});

it("a forecast gives an HPA minimum, its reason, and how far such forecasts have been off", () => {
  const history = { stepSeconds: 3600, rates: DAYS, highest: 150, end: START + 71 * 3600 };
  const plan = forecastPlan(history, { serviceTimeMs: 20 }, { percentile: 99, latencyMs: 250 }, { zones: 2 });
  expect(plan.values[0]).toBeCloseTo(DAYS[0]!, 0);
  expect(plan.floor.minReplicas).toBeGreaterThanOrEqual(plan.web.minReplicas);
  const text = forecastReport(plan);
  expect(text).toMatch(/^HPA minimum from 00:00 UTC to 01:00: \d+ \(the plan's bounds are \d+ to \d+\)/);
  expect(text).toContain("repeating the day before would have been off by 0.0 %");
});
