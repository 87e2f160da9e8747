import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { ComponentArgs, Transform } from "../common/component";
import type { Peer } from "../common/network";

/** Keys the server may evict when `maxmemory` is reached, in Valkey's own words. */
export type EvictionPolicy =
  | "allkeys-lru"
  | "allkeys-lfu"
  | "volatile-lru"
  | "volatile-lfu"
  | "volatile-ttl"
  | "noeviction";

/** Arguments of {@link Redis}. */
export interface RedisArgs extends ComponentArgs {
  /**
   * Data pods: one primary, the others its replicas. At least 3, because a write is acknowledged only while a replica
   * follows: with two, the loss of either stops writes.
   */
  replicas?: number;
  /** Memory for data, in MiB. The container's limit is derived from it and always above it. */
  maxmemory?: number;
  /**
   * What happens when `maxmemory` is reached. A cache: `allkeys-…`, any key may go. A queue, sessions, other data:
   * `noeviction`, writes are refused instead. `volatile-…`: only keys that have an end go. Where nothing is said, the
   * alert `RedisEvictsLastingKeys` tells when keys without an end are among what may go.
   */
  evictionPolicy?: EvictionPolicy;
  /**
   * `"aof"`: every write goes to a file on a volume, synced once a second, so a restart of everything loses at most
   * that second. `"none"`: a pure cache without volumes, empty after a restart of everything.
   */
  persistence?: "aof" | "none";
  /** Volume of each data pod. @default of the cluster's default class */
  storage?: { size?: pulumi.Input<string>; className?: pulumi.Input<string> };
  /** Never two members on one node, even if that leaves one waiting. */
  strictSpread?: boolean;
  /**
   * Raise it by one to change the clients' password without an interruption: the servers have accepted the next one
   * all along, and whatever names `authSecretName` rolls over to it. They accept the previous one until the generation
   * after.
   */
  passwordGeneration?: number;
  /** Who reads and writes data, and asks the Sentinels. */
  clients: Peer[];
  /** Who collects metrics. @default nobody */
  scrapedBy?: Peer[];
  /** Last changes to the arguments of a child. */
  transform?: {
    server?: Transform<k8s.apps.v1.StatefulSetArgs>;
    sentinel?: Transform<k8s.apps.v1.StatefulSetArgs>;
  };
}
