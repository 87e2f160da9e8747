import { z } from "zod";

const number = z.number();
/** A question as a YAML file may ask it. */
export const fileForm = z.strictObject({
  load: z
    .strictObject({
      rate: number,
      peakRate: number,
      serviceTimeMs: number,
      cpuTimeMs: number,
      variability: number,
      writeShare: number,
      transactionMs: number,
      cache: z.strictObject({ items: number, itemBytes: number, ttlSeconds: number, skew: number.optional() }),
    })
    .partial()
    .default({}),
  slo: z.strictObject({ percentile: number, latencyMs: number, availability: number.optional() }).optional(),
  topology: z
    .strictObject({
      zones: number,
      algorithm: z.enum(["shared", "leastconn", "roundrobin", "source"]),
      balancers: number,
      podCores: number,
      requestCores: number,
    })
    .partial()
    .default({}),
  durability: z.enum(["required", "preferred"]).optional(),
});
/** A price file. */
export const pricesForm = z.strictObject({
  currency: z.string(),
  nodes: z.array(z.strictObject({ name: z.string(), cpu: number, memoryGiB: number, pricePerMonth: number })).min(1),
  volumeGiBMonth: number,
  podCores: z.array(number).min(1),
});
