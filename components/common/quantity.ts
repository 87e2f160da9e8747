const UNITS: Record<string, number> = {
  "": 1, k: 1e3, M: 1e6, G: 1e9, T: 1e12, Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40,
};

/**
 * Bytes of a Kubernetes quantity such as `512Mi` or `10Gi`.
 *
 * @throws Error naming the value when it is no quantity of bytes
 */
export function quantityBytes(quantity: string): number {
  const match = /^(\d+(?:\.\d+)?)([kMGT]|[KMGT]i)?$/.exec(quantity);
  const unit = match ? UNITS[match[2] ?? ""] : undefined;
  if (!match || unit === undefined) throw new Error(`"${quantity}" is no amount of bytes: write for example 512Mi or 10Gi`);
  return Number(match[1]) * unit;
}

/**
 * Cores of a Kubernetes quantity of CPU such as `250m` or `0.5`.
 *
 * @throws Error naming the value when it is none
 */
export function quantityCores(quantity: string): number {
  const match = /^(\d+(?:\.\d+)?)(m?)$/.exec(quantity);
  if (!match) throw new Error(`"${quantity}" is no amount of CPU: write for example 250m or 0.5`);
  return Number(match[1]) / (match[2] === "m" ? 1000 : 1);
}

/** A PostgreSQL memory setting, whole megabytes, for example `128MB`. */
export function megabytes(bytes: number): string {
  return `${Math.max(1, Math.floor(bytes / 2 ** 20))}MB`;
}
