import { quantityBytes } from "../../graph/quantity";
import { KEPT_FREE_CONNECTIONS } from "../../planner/plan/pools";
import { scheduleFault } from "../common/program-checks";
import { completed } from "../common/completed";
import type { BackupArgs, ContainerResources, FailoverSettings, PoolerArgs, PostgresArgs, StorageArgs } from "./args";
import { backupFile } from "./backup-config";
import { declaredDatabases, furtherPools, type Declared } from "./databases";
import { DATABASES_FILE } from "./names";
import { dynamicConfig, memberConfig } from "./patroni-config";
import { checkConnectionBudget, checkHold } from "./pooler-config";
import { DEFAULTS, FAILOVER_DEFAULTS, REPOSITORY_VOLUMES } from "./settings";

/** Everything a database needs to know of itself: its arguments with their defaults, checked. Plain data. */
export interface PostgresSettings {
  replicas: number;
  database: string;
  /** That one, and further ones with their roles. */
  declared: Declared;
  storage: StorageArgs & Required<Pick<StorageArgs, "size" | "retain">>;
  resources: ContainerResources;
  failover: FailoverSettings;
  maxConnections: number;
  write: PoolerSize;
  /** From 1. */
  passwordGeneration: number;
  /** Undefined where there is no pooler in front of the standbys. */
  read?: PoolerSize;
  backup: BackupArgs & Required<Pick<BackupArgs, "schedule" | "size">>;
  antiAffinity: "required" | "preferred";
  /** Mounted files that take effect when a pod starts, so that a change of theirs rolls the pods: the members' own, */
  memberFiles: Record<"member.json", string>;
  /** and what everything with pgBackRest has. */
  backupFiles: Record<"backup.json", string>;
  /** Mounted file that a running cluster is brought to. */
  settingsFiles: Record<"dynamic.json" | typeof DATABASES_FILE, string>;
}

/** A pooler's arguments with their defaults, without who may call it. */
export type PoolerSize = Required<Omit<PoolerArgs, "clients">>;

function poolerSize({ clients: _, ...stated }: PoolerArgs = {}): PoolerSize {
  return completed(stated, DEFAULTS.PoolerArgs);
}

/**
 * Completes and checks failover settings.
 *
 * @param overrides settings that differ from {@link FAILOVER_DEFAULTS}
 * @throws Error that names the setting, the value and what is allowed, when they contradict one another
 */
export function failoverSettings(overrides: Partial<FailoverSettings> = {}): FailoverSettings {
  const settings = completed(overrides, FAILOVER_DEFAULTS);
  const { ttl, loopWait, retryTimeout, guardMargin, walTimeout } = settings;
  const atLeast = (name: keyof FailoverSettings, floor: number): void => {
    if (settings[name] < floor)
      throw new Error(`failover.${name} is ${settings[name]}, but Patroni accepts no less than ${floor}`);
  };
  for (const name of ["calmSeconds", "poolerStaySeconds"] as const) {
    if (settings[name] < 0) throw new Error(`failover.${name} is ${settings[name]}, but must be 0 or more`);
  }
  atLeast("ttl", 20);
  atLeast("loopWait", 1);
  atLeast("retryTimeout", 3);
  if (loopWait + 2 * retryTimeout > ttl) {
    throw new Error(
      `failover: loopWait + 2 * retryTimeout is ${loopWait + 2 * retryTimeout}, but must not exceed ttl ` +
        `(${ttl}): lower one or raise ttl`,
    );
  }
  if (guardMargin < 0 || loopWait + retryTimeout + guardMargin >= ttl) {
    throw new Error(
      `failover.guardMargin is ${guardMargin}, but must be 0 or more and, with loopWait + retryTimeout = ` +
        `${loopWait + retryTimeout}, stay below ttl (${ttl})`,
    );
  }
  if (walTimeout >= ttl) throw new Error(`failover.walTimeout is ${walTimeout}, but must be below ttl (${ttl})`);
  return settings;
}

/**
 * Completes and checks the arguments.
 *
 * @param name the component's name
 * @throws Error when pools exceed `maxConnections`, failover settings contradict one another, or `passwordGeneration`
 * is none
 */
export function postgresSettings(name: string, args: PostgresArgs): PostgresSettings {
  const { replicas, database, resources, durability, antiAffinity, passwordGeneration, ...stated } = completed(
    args,
    DEFAULTS.PostgresArgs,
  );
  const storage = completed(stated.storage ?? {}, DEFAULTS.StorageArgs);
  const storageBytes = quantityBytes(storage.size);
  const failover = failoverSettings(stated.failover);
  if (!Number.isInteger(passwordGeneration) || passwordGeneration < 1) {
    throw new Error(`Postgres: passwordGeneration is ${passwordGeneration}; it must be a whole number of at least 1.`);
  }
  const write = poolerSize(args.pooler);
  const read = args.readPooler === false ? undefined : poolerSize(args.readPooler);
  const poolers = [{ name: `${name}-pooler`, ...write }, ...(read ? [{ name: `${name}-pooler-ro`, ...read }] : [])];
  for (const { name: pooler, holdSeconds } of poolers) checkHold(pooler, holdSeconds);
  const declared = declaredDatabases(database, args);
  const further = furtherPools(poolers, declared.databases);
  const maxConnections =
    args.maxConnections ??
    DEFAULTS.PostgresArgs.maxConnections + further.reduce((sum, { pods, poolSize }) => sum + pods * poolSize, 0);
  const pools = poolers.map(({ name: pooler, replicas: pods, poolSize }) => ({ name: pooler, pods, poolSize }));
  checkConnectionBudget([...pools, ...further], maxConnections, KEPT_FREE_CONNECTIONS);
  const size = `${Math.ceil((REPOSITORY_VOLUMES * storageBytes) / 2 ** 30)}Gi`;
  const backup = completed(args.backup ?? {}, { ...DEFAULTS.BackupArgs, size });
  const untimely = scheduleFault(backup.schedule);
  if (untimely !== undefined)
    throw new Error(`Postgres: backup.schedule is "${backup.schedule}", but ${untimely}: 17 2 * * *`);
  const patroni = {
    name,
    databases: declared.databases,
    replicas,
    failover,
    maxConnections,
    durability,
    memory: resources.limits.memory,
    storage: storage.size,
    parameters: args.parameters ?? {},
  } as const;
  const json = (value: unknown): string => JSON.stringify(value, null, 2);
  return {
    replicas,
    database,
    declared,
    storage,
    resources,
    failover,
    maxConnections,
    passwordGeneration,
    write,
    read,
    backup,
    antiAffinity,
    memberFiles: { "member.json": json(memberConfig(patroni)) },
    backupFiles: {
      "backup.json": json(
        backupFile({ name, replicas, retainFull: backup.retainFull, storageBytes, objectStore: backup.objectStore }),
      ),
    },
    settingsFiles: { "dynamic.json": json(dynamicConfig(patroni)), [DATABASES_FILE]: json(declared.databases) },
  };
}
