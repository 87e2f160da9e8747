import { randomFrom, type Random } from "./random";

/** Seconds of one step of the simulated week. */
export const STEP_SECONDS = 15;
const STEPS_PER_DAY = (24 * 3600) / STEP_SECONDS;

/**
 * Shapes of a day. `smooth`: a wave with its top in the evening. `opening`: the same, and at nine every day the load
 * doubles within a minute for an hour.
 */
export type DayShape = "smooth" | "opening";

/**
 * A week of traffic around `mean` requests a second: a daily shape, days that differ by a few percent, a slow drift
 * within the day (AR(1), about 4 %), Poisson counts, and on one of the last three days a flash crowd: three times the
 * load within two minutes, then fading by half every ten minutes for an hour.
 *
 * @returns requests a second, one value for each step of {@link STEP_SECONDS}
 */
export function simulateWeek(mean: number, shape: DayShape, seed: number): Float64Array {
  const random = randomFrom(seed);
  const rates = new Float64Array(7 * STEPS_PER_DAY);
  const flashStart = Math.floor((4 + 3 * random.uniform()) * STEPS_PER_DAY * 0.98);
  const flashSteps = 3600 / STEP_SECONDS;
  let day = 1;
  let drift = 0;
  for (let step = 0; step < rates.length; step++) {
    if (step % STEPS_PER_DAY === 0) day = 1 + 0.05 * normal(random);
    drift = 0.995 * drift + 0.004 * normal(random);
    const hour = ((step % STEPS_PER_DAY) / STEPS_PER_DAY) * 24;
    const rate = mean * dayShape(hour, shape) * day * (1 + drift) * flash(step - flashStart, flashSteps);
    rates[step] = random.poisson(Math.max(0, rate) * STEP_SECONDS) / STEP_SECONDS;
  }
  return rates;
}

/** 1 on average: low at five in the morning, high at eight in the evening. */
function dayShape(hour: number, shape: DayShape): number {
  const wave = 1 + 0.6 * Math.cos(((hour - 20) / 24) * 2 * Math.PI) + 0.15 * Math.cos(((hour - 12) / 12) * 2 * Math.PI);
  if (shape === "smooth") return wave;
  const sinceOpening = (hour - 9) * 60;
  const open = sinceOpening < 0 || sinceOpening > 60 ? 0 : Math.min(1, sinceOpening);
  return wave * (1 + open);
}

function flash(step: number, steps: number): number {
  if (step < 0 || step >= steps) return 1;
  const seconds = step * STEP_SECONDS;
  return 1 + 2 * Math.min(1, seconds / 120) * 0.5 ** (Math.max(0, seconds - 120) / 600);
}

/** Close to a standard normal: twelve uniforms less six. */
function normal(random: Random): number {
  let sum = -6;
  for (let i = 0; i < 12; i++) sum += random.uniform();
  return sum;
}
