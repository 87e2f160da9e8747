import { z } from "zod";

/** Annotations of the Endpoints `<name>-config` that are ours: who was let through last, and a person's order. */
const PROMOTION = "holdfast.dev/promotion";
export const RESCUE = "holdfast.dev/rescue";

/** What is read of Patroni's Endpoints: the lock (`postgres`), and its state in `-config` and `-sync`. */
export const endpointsSchema = z.object({
  metadata: z.object({
    name: z.string(),
    annotations: z.record(z.string(), z.string()).default({}),
    managedFields: z.array(z.object({ time: z.string().optional(), fieldsV1: z.unknown() })).default([]),
  }),
});
export type Endpoints = z.infer<typeof endpointsSchema>;

/** Who led, who may have acknowledged for it, and how many of these less one hold every write: any `quorum + 1` do. */
export interface SyncState {
  /** "" where nobody knows. */
  leader: string;
  standbys: string[];
  quorum: number;
}

const promotionSchema = z.object({ member: z.string(), after: z.string(), timeline: z.number(), at: z.number() });

/**
 * Whom the fence let through last: instead of whom, onto which timeline, and when (Unix seconds). It may not have led
 * after all.
 */
export type Promotion = z.infer<typeof promotionSchema>;

/** What Kubernetes keeps about who led and who may have acknowledged. */
export interface Known {
  /** As Patroni wrote it; its leader is "" where it never did. */
  sync: SyncState;
  promotion: Promotion | undefined;
}

const orderSchema = z.object({ id: z.string(), member: z.string(), at: z.number(), by: z.string() });

/** A person's order that one member is to lead; `at` in Unix seconds. */
export type RescueOrder = z.infer<typeof orderSchema>;

/** The database cluster as Patroni's own objects tell it. */
export interface DatabaseState {
  /** Whom the lock names; it may be dead. */
  holder: string | undefined;
  /** When the lock was renewed, as its holder wrote it; only good for comparing two looks. */
  renewed: string | undefined;
  known: Known;
  paused: boolean;
  /** When Patroni's settings were last changed, while they say `pause`: the pause is not younger. */
  pausedSince: string | undefined;
  /** An order after which nobody was let through. */
  order: RescueOrder | undefined;
}

function parsed<T>(schema: z.ZodType<T>, text: string | undefined): T | undefined {
  try {
    return text === undefined ? undefined : schema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/**
 * The sync state after the last promotion that the fence let through: Patroni writes its own only up to a second later,
 * and names the leader before until then. The fence reckons alike (images/postgres/holdfast/verdict.py).
 */
export function effective({ sync, promotion }: Known): SyncState {
  if (promotion === undefined || sync.leader === "") return sync;
  const { member, after } = promotion;
  if (sync.leader !== after || sync.leader === member) return sync;
  const standbys = [sync.leader, ...sync.standbys].filter((name) => name !== member).sort();
  return { leader: member, standbys, quorum: sync.quorum };
}

/**
 * Every primary that may have been the last one, for a member whose log is on this timeline. With log of the timeline
 * that the promotion opened it is known to have taken place; otherwise the primary before may have gone on.
 */
export function suspects(known: Known, timeline: number): SyncState[] {
  const last = effective(known);
  return last === known.sync || timeline === known.promotion?.timeline ? [last] : [known.sync, last];
}

/** When somebody last changed the field that holds Patroni's settings; undefined where Kubernetes does not tell. */
function settingsChanged(config: Endpoints | undefined): string | undefined {
  const fields = config?.metadata.managedFields ?? [];
  return fields.find(({ fieldsV1 }) => JSON.stringify(fieldsV1 ?? {}).includes('"f:config"'))?.time;
}

/**
 * Reads the state from the Endpoints of a database.
 *
 * @param name the database component's
 */
export function databaseState(endpoints: Endpoints[], name = "postgres"): DatabaseState {
  const found = (suffix: string): Endpoints | undefined =>
    endpoints.find(({ metadata }) => metadata.name === `${name}${suffix}`);
  const annotations = (suffix: string): Record<string, string> => found(suffix)?.metadata.annotations ?? {};
  const [lock, config, sync] = [annotations(""), annotations("-config"), annotations("-sync")];
  const promotion = parsed(promotionSchema, config[PROMOTION]);
  const order = parsed(orderSchema, config[RESCUE]);
  const paused = parsed(z.object({ pause: z.boolean().default(false) }), config["config"])?.pause ?? false;
  const written = {
    leader: sync["leader"] ?? "",
    standbys: (sync["sync_standby"] ?? "").split(",").filter(Boolean).sort(),
    quorum: Number(sync["quorum"] ?? 0),
  };
  return {
    holder: lock["leader"] || undefined,
    renewed: lock["renewTime"],
    known: { sync: written, promotion },
    paused,
    pausedSince: paused ? settingsChanged(found("-config")) : undefined,
    order: order && order.at > (promotion?.at ?? 0) ? order : undefined,
  };
}
