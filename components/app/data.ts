import type * as pulumi from "@pulumi/pulumi";
import type { Endpoint, Peer } from "../common/network";
import type { PostgresArgs } from "../postgres/args";
import { Postgres } from "../postgres/postgres";
import { Redis } from "../redis/redis";
import type { AppArgs } from "./args";
import type { AppSettings } from "./completed";
import { postgresTold, PRIMARY_KEYS, redisTold, together, type Told } from "./connections";
import { databaseOf, PARTS, partName } from "./names";
import { appSizes, type AppSizes } from "./sizing";

/** An app's database, cache and queue. */
export interface AppData {
  postgres?: Postgres;
  redis?: Redis;
  queue?: Redis;
  /** What every part is told of them. */
  told: Told;
  /** What the release is told beside that: the owner's log-in. */
  owner: Told;
  /** What every part calls. */
  endpoints: Endpoint[];
  /** What the release calls: it writes, so it gets no access to the standbys. */
  releaseEndpoints: Endpoint[];
}

/** Who calls what keeps the data. */
interface Callers {
  clients: Peer[];
  /** Pods of the release, if there is one. */
  release: Peer[];
  scrapedBy: Peer[];
}

/** Declares what keeps the app's data. */
export function createData(
  name: string,
  args: AppArgs,
  settings: AppSettings,
  who: Callers,
  parent: pulumi.Resource,
): AppData {
  const opts = { parent };
  const { namespace } = args;
  const reads = Object.values(settings.as.postgres).some((form) => form.startsWith("read"));
  const sizes = appSizes(settings, reads ? 2 : 1);
  const postgres = settings.postgres && createPostgres(name, args, settings, { ...sizes, reads }, who, opts);
  const wired = { namespace, clients: [...who.clients, ...who.release], scrapedBy: who.scrapedBy };
  const told: Told[] = postgres ? [postgresTold(settings.as.postgres, postgres.app.secretName)] : [];
  const one = (part: "redis" | "queue", byDefault: object): Redis | undefined => {
    const { as: _, ...stated } = settings[part] ?? {};
    if (settings[part] === undefined) return undefined;
    const made = new Redis(partName(name, PARTS[part]), { ...byDefault, ...stated, ...wired }, opts);
    told.push(redisTold(settings.as[part], made.connectionSecretName, made));
    return made;
  };
  const redis = one("redis", { maxmemory: sizes.maxmemory });
  const queue = one("queue", { evictionPolicy: "noeviction" });
  const stores = [redis, queue].flatMap((made) => made?.endpoints ?? []);
  return {
    ...(postgres && { postgres }),
    ...(redis && { redis }),
    ...(queue && { queue }),
    told: together(...told),
    owner: postgres ? postgresTold(settings.as.postgres, postgres.owner.secretName, PRIMARY_KEYS) : together(),
    endpoints: [...(postgres?.endpoints ?? []), ...stores],
    releaseEndpoints: [...(postgres ? [postgres.write.endpoint] : []), ...stores],
  };
}

/** The database; where nothing reads beside the primary, without a pooler for that. */
function createPostgres(
  name: string,
  { namespace }: AppArgs,
  { postgres }: AppSettings,
  { poolSize, maxClientConnections, maxConnections, reads }: AppSizes & { reads: boolean },
  { clients, release, scrapedBy }: Callers,
  opts: pulumi.ComponentResourceOptions,
): Postgres {
  const { as: _, pooler, readPooler, ...stated } = postgres!;
  const pool = { poolSize, maxClientConnections };
  const reading = { ...pool, clients, ...(readPooler === false ? {} : readPooler) };
  const args: PostgresArgs = {
    database: databaseOf(name),
    maxConnections,
    ...stated,
    pooler: { ...pool, ...pooler },
    readPooler: readPooler !== false && (reads || readPooler !== undefined) && reading,
    namespace,
    clients: [...clients, ...release],
    scrapedBy,
  };
  return new Postgres(partName(name, PARTS.postgres), args, opts);
}
