import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";
import type { Duration } from "../queueing/response";

/** Draws from one seeded stream: the same seed gives the same simulation on every machine. */
export interface Random {
  /** Uniform in [0, 1). */
  uniform(): number;
  /** Exponential with the given mean. */
  exponential(mean: number): number;
  /** A whole number in 0 … n − 1. */
  below(n: number): number;
  /** A number of events in an interval that has `mean` on average. */
  poisson(mean: number): number;
}

/** A seeded stream of random numbers (xoroshiro128+). */
export function randomFrom(seed: number): Random {
  const generator = xoroshiro128plus(seed);
  const uniform = (): number => uniformFloat64(generator);
  const exponential = (mean: number): number => -mean * Math.log(1 - uniform());
  return {
    uniform,
    exponential,
    below: (n) => Math.floor(uniform() * n),
    // Above 500 the normal approximation is within a thousandth; below, unit gaps are counted until the mean is used
    // up.
    poisson: (mean) => {
      if (mean > 500) return Math.max(0, Math.round(mean + Math.sqrt(mean) * gaussian(uniform)));
      let events = 0;
      for (let time = exponential(1); time < mean; time += exponential(1)) events++;
      return events;
    },
  };
}

/** A standard normal draw: Box and Muller, Annals of Mathematical Statistics 29 (1958). */
function gaussian(uniform: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
}

/** A sampler of durations with the given mean and variability, of the same family that the formulas assume. */
export function durations(random: Random, { mean, variability }: Duration): () => number {
  if (variability <= 1) {
    const sigma = mean * Math.sqrt(variability);
    return () => mean - sigma + random.exponential(sigma);
  }
  const p = (1 + Math.sqrt((variability - 1) / (variability + 1))) / 2;
  return () => (random.uniform() < p ? random.exponential(mean / (2 * p)) : random.exponential(mean / (2 * (1 - p))));
}
