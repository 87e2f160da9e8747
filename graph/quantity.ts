/** A quantity as manifests write it: `500m`, `256Mi`, `2`. */
export type Quantity = string | number;

const FACTORS: Record<string, number> = {
  "": 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/** Divisors for parts of a unit. Dividing is exact where multiplying by 0.001 is not. */
const DIVISORS: Record<string, number> = { m: 1e3, u: 1e6, n: 1e9 };

/**
 * A Kubernetes quantity as a number of its unit: cores, bytes, pieces.
 * (The official client has this too, but loading it takes longer than all policies together.)
 *
 * @returns NaN for a text that is no quantity
 */
export function quantity(value: Quantity): number {
  const [, digits = "", suffix = ""] = /^([+-]?[0-9.]+(?:[eE][+-]?[0-9]+)?)([A-Za-z]*)$/.exec(String(value)) ?? [];
  if (digits === "") return Number.NaN;
  const divisor = DIVISORS[suffix];
  return divisor ? Number(digits) / divisor : Number(digits) * (FACTORS[suffix] ?? Number.NaN);
}

/**
 * Bytes of a quantity such as `512Mi` or `10Gi`.
 *
 * @throws Error naming the value when it is no quantity of bytes
 */
export function quantityBytes(text: string): number {
  return positive(text, /[mun]$/, "bytes: write for example 512Mi or 10Gi");
}

/**
 * Cores of a quantity of CPU such as `250m` or `0.5`.
 *
 * @throws Error naming the value when it is none
 */
export function quantityCores(text: string): number {
  return positive(text, /[kMGTPEi]$/, "CPU: write for example 250m or 0.5");
}

function positive(text: string, strange: RegExp, wanted: string): number {
  const amount = quantity(text);
  if (!(amount >= 0) || strange.test(text)) throw new Error(`"${text}" is no amount of ${wanted}`);
  return amount;
}
