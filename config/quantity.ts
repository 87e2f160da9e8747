const BINARY = { Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40 } as const;
const DECIMAL = { k: 1e3, M: 1e6, G: 1e9, T: 1e12 } as const;

/**
 * A Kubernetes quantity as a number in its base unit: cores for CPU, bytes for memory.
 *
 * @throws Error where the text is no quantity
 */
export function quantity(text: string): number {
  const match = /^(\d+(?:\.\d+)?)(m|Ki|Mi|Gi|Ti|k|M|G|T)?$/.exec(text);
  if (!match) throw new Error(`${text} is not a Kubernetes quantity`);
  const [, digits = "", unit = ""] = match;
  if (unit === "m") return Number(digits) / 1000;
  return Number(digits) * (({ ...BINARY, ...DECIMAL } as Record<string, number>)[unit] ?? 1);
}
