/**
 * The distribution of a response time, kept as a mixture of branches; each branch is a sum of independent exponential
 * stages after a constant shift. That family is closed under everything the planner adds up (a wait, a service, a delay
 * further down), and it holds M/M/c, M/M/1 and GI/M/1 exactly.
 */

/** A wait before service: with `probability` an exponential time, otherwise none. Units: seconds. */
export interface Wait {
  /** P(wait > 0). */
  probability: number;
  /** Mean over all arrivals, those that do not wait included, in seconds. */
  mean: number;
}

/** A service or delay time by its first two moments. */
export interface Duration {
  /** Mean in seconds. */
  mean: number;
  /** Squared coefficient of variation, variance ÷ mean²: 0 constant, 1 exponential, above 1 a long tail. */
  variability: number;
}

interface Branch {
  weight: number;
  /** Constant part in seconds. */
  shift: number;
  /** Rates of the exponential stages, per second. */
  rates: number[];
}

/**
 * A duration with the given two moments. At or below variability 1: a constant and an exponential part (mean − σ, σ).
 * Above 1: two exponentials with balanced means. Source of the second: Tijms, *A First Course in Stochastic Models*
 * (2003), app. B.
 */
function branchesOf(duration: Duration): Branch[] {
  const { mean, variability } = duration;
  if (mean === 0) return [{ weight: 1, shift: 0, rates: [] }];
  if (variability <= 1) {
    const sigma = mean * Math.sqrt(variability);
    return [{ weight: 1, shift: mean - sigma, rates: sigma > 0 ? [1 / sigma] : [] }];
  }
  const p = (1 + Math.sqrt((variability - 1) / (variability + 1))) / 2;
  return [
    { weight: p, shift: 0, rates: [(2 * p) / mean] },
    { weight: 1 - p, shift: 0, rates: [(2 * (1 - p)) / mean] },
  ];
}

/**
 * P(sum of the exponential stages > t); stages of equal rate are set apart by one part in ten thousand, far below any
 * error of the model.
 */
function stagesExceed(rates: number[], t: number): number {
  if (t <= 0) return 1;
  // By index: a plan asks this some thousand times.
  const apart = rates.map((rate, i) => rate * (1 + 1e-4 * i));
  let tail = 0;
  for (let j = 0; j < apart.length; j++) {
    const own = apart[j]!;
    let coefficient = 1;
    for (let k = 0; k < apart.length; k++) if (k !== j) coefficient *= apart[k]! / (apart[k]! - own);
    tail += coefficient * Math.exp(-own * t);
  }
  return Math.min(1, Math.max(0, tail));
}

/** A response time: its mean and its tail. */
export class Response {
  private constructor(private readonly branches: Branch[]) {}

  /** Wait, then service, then a delay spent elsewhere (0 unless given), independent of each other. */
  static of(wait: Wait, service: Duration, delay: Duration = { mean: 0, variability: 0 }): Response {
    const waits: Branch[] = [{ weight: 1 - wait.probability, shift: 0, rates: [] }];
    if (wait.mean > 0) waits.push({ weight: wait.probability, shift: 0, rates: [wait.probability / wait.mean] });
    else waits[0]!.weight = 1;
    return new Response(times(times(waits, branchesOf(service)), branchesOf(delay)));
  }

  /** Mean in seconds. */
  get mean(): number {
    return this.branches.reduce(
      (sum, b) => sum + b.weight * (b.shift + b.rates.reduce((s, rate) => s + 1 / rate, 0)),
      0,
    );
  }

  /** Share of requests that take longer than `seconds`. */
  exceeds(seconds: number): number {
    return this.branches.reduce((sum, b) => sum + b.weight * stagesExceed(b.rates, seconds - b.shift), 0);
  }

  /**
   * The time, in seconds, that a share `q` of the requests stays within; `q` is 0.99 for p99. Found by halving an
   * interval.
   */
  percentile(q: number): number {
    let low = 0;
    let high = this.mean || 1e-9;
    while (this.exceeds(high) > 1 - q) high *= 2;
    for (let step = 0; step < 60; step++) {
      const middle = (low + high) / 2;
      if (this.exceeds(middle) > 1 - q) low = middle;
      else high = middle;
    }
    return high;
  }
}

function times(left: Branch[], right: Branch[]): Branch[] {
  return left.flatMap((a) =>
    right.map((b) => ({ weight: a.weight * b.weight, shift: a.shift + b.shift, rates: [...a.rates, ...b.rates] })),
  );
}
