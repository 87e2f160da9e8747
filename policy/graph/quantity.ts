import type { Quantity } from "./types";

const SUFFIXES: Record<string, number> = {
  n: 1e-9, u: 1e-6, m: 1e-3, "": 1, k: 1e3, M: 1e6, G: 1e9, T: 1e12, P: 1e15, E: 1e18,
  Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40, Pi: 2 ** 50, Ei: 2 ** 60,
};

/**
 * A Kubernetes quantity as a number of its unit: cores, bytes, pieces.
 * (The official client has this too, but loading it takes longer than the whole pack.)
 *
 * @returns NaN for what is no quantity; the API server refuses it, so no rule needs to
 */
export function quantity(value: Quantity): number {
  if (typeof value === "number") return value;
  const match = /^([+-]?[0-9.]+(?:[eE][+-]?[0-9]+)?)([A-Za-z]*)$/.exec(value.trim());
  if (!match) return Number.NaN;
  return Number(match[1]) * (SUFFIXES[match[2] ?? ""] ?? Number.NaN);
}
