import { requireNumber } from "../errors";

/**
 * P(X = k) for X successes in n independent tries: C(n, k)·pᵏ·(1−p)ⁿ⁻ᵏ, the coefficient built as a product so that
 * nothing overflows.
 */
export function binomial(n: number, k: number, p: number): number {
  requireNumber("n", n, { atLeast: 0, whole: true });
  requireNumber("k", k, { atLeast: 0, atMost: n, whole: true });
  requireNumber("p", p, { atLeast: 0, atMost: 1 });
  let ways = 1;
  for (let i = 1; i <= k; i++) ways *= (n - k + i) / i;
  return ways * p ** k * (1 - p) ** (n - k);
}

/**
 * Availability of a group that works while at least `needed` of `replicas` do, each up with probability `up`,
 * independently. More needed than there are is never available; none needed always is.
 */
export function kOfN(needed: number, replicas: number, up: number): number {
  if (needed <= 0) return 1;
  let sum = 0;
  for (let k = needed; k <= replicas; k++) sum += binomial(replicas, k, up);
  return Math.min(1, sum);
}
