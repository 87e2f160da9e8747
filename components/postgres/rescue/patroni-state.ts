import { z } from "zod";
import { ANNOTATIONS } from "../names";
import { lockHolder, lockRenewed, POSTGRES } from "../operations";

/** What is read of Patroni's Endpoints: the lock (`postgres`), and its state in `-config` and `-sync`. */
export const endpointsSchema = z.object({
  metadata: z.object({
    name: z.string(),
    annotations: z.record(z.string(), z.string()).default({}),
    managedFields: z.array(z.object({ time: z.string().optional(), fieldsV1: z.unknown() })).default([]),
  }),
});
export type Endpoints = z.infer<typeof endpointsSchema>;

export const syncSchema = z.object({
  /** "" where nobody knows. */
  leader: z.string(),
  standbys: z.array(z.string()),
  quorum: z.number(),
});

/** Who led, who may have acknowledged for it, and how many of these less one hold every write: any `quorum + 1` do. */
export type SyncState = z.infer<typeof syncSchema>;

/** When the fence let somebody through last, Unix seconds; that one may not have led after all. */
const promotionSchema = z.object({ at: z.number() });

/**
 * Annotations that tell who led and who was let through since. What follows from them is the fence's to say
 * (image/holdfast/verdict.py); a member is asked.
 */
export interface Kept {
  config: Record<string, string>;
  /** null where Patroni never wrote any. */
  sync: Record<string, string> | null;
}

const rescueSchema = z.object({ id: z.string(), member: z.string(), at: z.number(), by: z.string() });

/** A person's order that one member is to lead; `at` in Unix seconds. */
type RescueOrder = z.infer<typeof rescueSchema>;

/** The database cluster as Patroni's own objects tell it. */
export interface DatabaseState {
  /** Whom the lock names; it may be dead. */
  holder: string | undefined;
  /** When the lock was renewed, as its holder wrote it; only good for comparing two looks. */
  renewed: string | undefined;
  kept: Kept;
  /** Who led as Patroni wrote it, which may be one promotion late. */
  written: SyncState;
  paused: boolean;
  /** When Patroni's settings were last changed, while they say `pause`: the pause is not younger. */
  pausedSince: string | undefined;
  /** An order after which nobody was let through. */
  rescue: RescueOrder | undefined;
}

function parsed<T>(schema: z.ZodType<T>, text: string | undefined): T | undefined {
  try {
    return text === undefined ? undefined : schema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** Only what is asked for: all of Patroni's annotations would be too long for a command. */
function some(annotations: Record<string, string>, ...names: string[]): Record<string, string> {
  return Object.fromEntries(Object.entries(annotations).filter(([name]) => names.includes(name)));
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
export function databaseState(endpoints: Endpoints[], name = POSTGRES): DatabaseState {
  const found = (suffix: string): Endpoints | undefined =>
    endpoints.find(({ metadata }) => metadata.name === `${name}${suffix}`);
  const annotations = (suffix: string): Record<string, string> => found(suffix)?.metadata.annotations ?? {};
  const [config, sync] = [annotations("-config"), annotations("-sync")];
  const promotion = parsed(promotionSchema, config[ANNOTATIONS.promotion]);
  const rescue = parsed(rescueSchema, config[ANNOTATIONS.rescue]);
  const paused = parsed(z.object({ pause: z.boolean().default(false) }), config["config"])?.pause ?? false;
  const written = {
    leader: sync["leader"] ?? "",
    standbys: (sync["sync_standby"] ?? "").split(",").filter(Boolean).sort(),
    quorum: Number(sync["quorum"] ?? 0),
  };
  return {
    holder: lockHolder(found("")),
    renewed: lockRenewed(found("")),
    kept: {
      config: some(config, ANNOTATIONS.promotion),
      sync: found("-sync") ? some(sync, "leader", "sync_standby", "quorum") : null,
    },
    written,
    paused,
    pausedSince: paused ? settingsChanged(found("-config")) : undefined,
    rescue: rescue && rescue.at > (promotion?.at ?? 0) ? rescue : undefined,
  };
}
