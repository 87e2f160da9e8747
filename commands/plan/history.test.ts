import { mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { historyFromCsv } from "./csv";
import { forecastPlan } from "./forecast";
import { evenly, type Point } from "./history";
import { historyFromPrometheus } from "./prometheus";

const START = Date.UTC(2026, 0, 1) / 1000;
const DAY = 86_400;
const wave = (time: number): number => 100 + 50 * Math.sin((time / DAY) * 2 * Math.PI);
const series = (count: number, step: number): Point[] =>
  Array.from({ length: count }, (_, index) => [START + index * step, wave(index * step)]);

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "holdfast-history-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("a history of any length", () => {
  test("finer than five minutes is taken as means, and its highest value kept", () => {
    const fine = series(3 * 17_280, 5);
    fine[7]![1] = 900;
    const { stepSeconds, rates, highest, end } = evenly(fine, "--from-csv");
    expect({ stepSeconds, highest, end }).toEqual({ stepSeconds: 300, highest: 900, end: START + 3 * DAY - 300 });
    expect(rates).toHaveLength(3 * 288);
    expect(rates[100]).toBeCloseTo(wave(100 * 300 + 147.5), 2);
  });

  test("of five minutes and more is taken as it is", () => {
    expect(evenly(series(600, 300), "--from-csv").rates).toEqual(series(600, 300).map(([, rate]) => rate));
  });

  test("of 200,000 values, with the forecast from them, takes seconds and not minutes", () => {
    const file = join(folder, "long.csv");
    writeFileSync(
      file,
      `time,rate\n${series(200_000, 5)
        .map((point) => point.join())
        .join("\n")}`,
    );
    const plan = forecastPlan(
      historyFromCsv(file),
      { serviceTimeMs: 20 },
      { percentile: 99, latencyMs: 250 },
      { zones: 2 },
    );
    expect(plan.values).toHaveLength(6);
  }, 30_000);

  test("a file that would take longer than ten seconds is refused before it is read", () => {
    const file = join(folder, "huge.csv");
    writeFileSync(file, "");
    truncateSync(file, 50 * 2 ** 20);
    expect(() => historyFromCsv(file)).toThrow(
      /huge\.csv, 50 MiB: more than 40 MiB is not read\. Give five-minute means/,
    );
  });

  test.each(["1e20,5", "99999999999999,5", "0,Infinity"])("the line %s is refused", (line) => {
    const file = join(folder, "odd.csv");
    writeFileSync(file, `time,rate\n${line}\n`);
    expect(() => historyFromCsv(file)).toThrow("is not a time and a rate");
  });
});

describe("a Prometheus", () => {
  /** Points that the server gives at most, and what it says beyond them. */
  let most = 11_000;
  let answer: (query: string) => string | undefined = () => undefined;
  let asked: { start: number; end: number }[] = [];
  let url = "";
  const server = createServer((request, response) => {
    const { searchParams } = new URL(request.url!, "http://prometheus");
    const [start, end, step] = ["start", "end", "step"].map((name) => Number(searchParams.get(name))) as [
      number,
      number,
      number,
    ];
    asked.push({ start, end });
    const own = answer(searchParams.get("query")!);
    const count = (end - start) / step;
    const error =
      "exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution (?step=XX)";
    const values = Array.from({ length: count + 1 }, (_, index) => [start + index * step, String(wave(index * step))]);
    if (own ?? count > most) response.statusCode = 400;
    if (own) response.end(own);
    else if (count > most) response.end(JSON.stringify({ status: "error", errorType: "bad_data", error }));
    else
      response.end(
        JSON.stringify({ status: "success", data: { resultType: "matrix", result: [{ metric: {}, values }] } }),
      );
  });
  beforeAll(async () => {
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => new Promise<void>((done) => void server.close(() => done())));
  beforeEach(() => {
    [most, answer, asked] = [11_000, () => undefined, []];
  });

  const NOW = START + 60 * DAY;
  const ask = (days: number) => historyFromPrometheus(url, "sum(x)", days, 300, NOW);

  test.each([
    ["that gives 11,000 points is asked for 39 days in two parts", 11_000, 2],
    ["with a lower limit is asked in smaller ones", 3_000, 9],
  ])("%s, without a value twice or left out", async (_what, limit, requests) => {
    most = limit;
    const { rates, end } = await ask(39);
    expect({ count: rates.length, end, requests: asked.length <= requests }).toEqual({
      count: 39 * 288 + 1,
      end: NOW,
      requests: true,
    });
  });

  test("is quoted when it refuses", async () => {
    answer = () =>
      JSON.stringify({ status: "error", errorType: "bad_data", error: "1:5: parse error: unclosed left parenthesis" });
    await expect(ask(3)).rejects.toThrow(
      "--query is sum(x): Prometheus refuses it: 1:5: parse error: unclosed left parenthesis. Give a query",
    );
    expect(asked.length).toBeLessThan(5);
  });

  test("that is none is told by its status", async () => {
    answer = () => "<html>Bad Gateway</html>";
    await expect(ask(3)).rejects.toThrow("what it answers (400 Bad Request) is not Prometheus' form");
  });
});
