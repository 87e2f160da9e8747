import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { planWeb } from "../plan/web";
import { backtest } from "../simulation/backtest";
import { hpaFloor } from "./floor";
import { HoltWinters, seasonalNaive } from "./holt-winters";

const PERIOD = 24;
const day = (hour: number): number => 100 + 50 * Math.sin((hour / PERIOD) * 2 * Math.PI);
const days = (n: number): number[] => Array.from({ length: n * PERIOD }, (_, hour) => day(hour));

describe("HoltWinters", () => {
  it("repeats a season that repeats", () => {
    const forecast = HoltWinters.fit(days(7), PERIOD).forecast(PERIOD);
    forecast.forEach((value, hour) => expect(value).toBeCloseTo(day(hour), 1));
  });

  it("follows growth, which the seasonal-naive forecast cannot", () => {
    const growing = days(7).map((y, hour) => y + hour * 0.2);
    const next = growing.length * 0.2 + day(0);
    const forecast = HoltWinters.fit(growing, PERIOD).forecast(1)[0]!;
    expect(Math.abs(forecast - next)).toBeLessThan(1.5);
    expect(Math.abs(seasonalNaive(growing, PERIOD, 1)[0]! - next)).toBeCloseTo(0.2 * PERIOD, 6);
  });

  it("does not take a flash crowd for the season: the hour after it and the day after it are forecast as ever", () => {
    const flash = days(7);
    flash[6 * PERIOD + 12]! *= 5;
    const forecast = HoltWinters.fit(flash, PERIOD).forecast(PERIOD);
    expect(Math.abs(forecast[12]! - day(12))).toBeLessThan(15);
    expect(seasonalNaive(flash, PERIOD, PERIOD)[12]).toBeCloseTo(5 * day(12), 6);
  });

  it("never forecasts less than nothing", () => {
    const nights = Array.from({ length: 5 * PERIOD }, (_, hour) => (hour % PERIOD < 12 ? 0 : 10));
    expect(Math.min(...HoltWinters.fit(nights, PERIOD).forecast(PERIOD))).toBeGreaterThanOrEqual(0);
  });

  it("refuses a history too short or with gaps, in a sentence", () => {
    expect(() => HoltWinters.fit(days(1), PERIOD)).toThrow(
      "history is 24 observations: a season of 24 must be seen twice before it can be told from chance. Give at " +
        "least 48, or a shorter season.",
    );
    expect(() => HoltWinters.fit([...days(3), NaN], PERIOD)).toThrow("a gap cannot be learnt from");
    expect(() => seasonalNaive([1, 2], PERIOD, 1)).toThrow("there is no season of 24 to repeat");
  });
});

it("hpaFloor stands two usual errors above the forecast's highest value, within the plan's bounds", () => {
  const plan = planWeb({ rate: 200, serviceTimeMs: 20 }, { percentile: 99, latencyMs: 250 }, { zones: 2 });
  const floor = hpaFloor(plan, [210, 260, 240], 10, 20);
  expect(floor).toMatchObject({ forecastRate: 260, coveredRate: 280 });
  // 280/s × 20 ms = 5.6 busy cores, at 40 % of 900m each.
  expect(floor.minReplicas).toBe(Math.ceil(5.6 / (0.4 * 0.9)));
  expect(hpaFloor(plan, [1], 0, 20).minReplicas).toBe(plan.minReplicas);
  expect(hpaFloor(plan, [9999], 0, 20).minReplicas).toBe(plan.maxReplicas);
});

describe("the backtest that the documentation quotes", () => {
  const recorded = JSON.parse(
    readFileSync(join(__dirname, "..", "..", "docs", "results", "planner", "forecast.json"), "utf8"),
  );

  it.each(["smooth", "opening"] as const)(
    "%s: a week of it comes out as recorded, with the forecast ahead",
    (shape) => {
      const week = backtest(shape, 20);
      for (const policy of ["plain", "plainSameCost", "withNaive", "withForecast"] as const) {
        for (const measure of ["violationSeconds", "podHours"] as const) {
          const { min, max } = recorded[shape].policies[policy][measure];
          expect(week[policy][measure], `${policy} ${measure}`).toBeGreaterThan(min - 0.01);
          expect(week[policy][measure], `${policy} ${measure}`).toBeLessThan(max + 0.01);
        }
      }
      expect(week.error.holtWinters).toBeLessThan(week.error.seasonalNaive);
      expect(week.withForecast.violationSeconds).toBeLessThan(week.plain.violationSeconds);
      if (shape === "opening")
        expect(week.withForecast.violationSeconds).toBeLessThan(week.plainSameCost.violationSeconds / 2);
      expect(week.withForecast.podHours).toBeLessThan(week.plainSameCost.podHours);
      expect(week.withForecast.podHours).toBeLessThan(week.withNaive.podHours);
    },
  );
});
