import type { WayName } from "./load/history";
import type { Command } from "./stack/command";
import type { StackState } from "./stack/state";

/** A drill's fault, worked out for the stack as it is: whom it hits, what is run, and what undoes it. */
export interface Plan {
  /** Whom it hits, for people: `postgres-1 on holdfast-worker2`. */
  target: string;
  /** Names of the pods that are hit. */
  pods: string[];
  /** Names of the nodes that are hit; nothing of the drill's own is put there, except where `clientNode` says so. */
  nodes: string[];
  /** Sets the stage before any load runs; what it changes is undone by `heal` as well. @default nothing */
  prepare?: Command[];
  fault: Command[];
  /** Undoes it; each command may be run more than once, and after a fault that never came. */
  heal: Command[];
  /** Node for the load pod. @default a node that is not hit, the control plane first */
  clientNode?: string;
  /** Address of the server that the second writer of `also: ["direct"]` goes to. */
  direct?: { host: string; port: number };
}

/**
 * How long a fault stays: at least `atLeast` seconds, then until writes are steady again, but no longer than `atMost`.
 */
export interface Hold {
  atLeast: number;
  atMost: number;
}

/**
 * What a drill promises. Lost, duplicate and stale are promised to be 0 by every drill and stand nowhere;
 * a number that is left out is measured and reported, not judged.
 */
export interface Expectation {
  /** 95th percentile of the outage of writes over the runs, in seconds. */
  writeOutageSeconds?: number;
  /** The same for reads. */
  readOutageSeconds?: number;
  /** The same for writes to Redis itself, of a drill that brings Redis' load. */
  redisOutageSeconds?: number;
  /** Writes that may fail, over each run. */
  failedWrites?: number;
  /** Reads that may fail, over each run. */
  failedReads?: number;
  /** Requests, writes and reads, that may end without any answer, such as by a closed connection; over each run. */
  unanswered?: number;
  /** Within so many seconds an alert fires that names a pod that was hit, in each run. */
  namedSeconds?: number;
  /** Times that the database's primary may change, in each run. */
  failovers?: number;
  /** Whether each standby still has the data directory that it had before the fault, never emptied or copied anew. */
  copiesKept?: true;
  /** Within so many seconds after healing, the stack is whole again. */
  wholeAgainSeconds: number;
}

/** A failure drill: fault, heal, guard and expectation. */
export interface Drill {
  name: string;
  /** What breaks, in one line. */
  title: string;
  /** Ways that carry load besides those the user chose, because without them the drill proves nothing. @default none */
  also?: WayName[];
  /** Whether the fault acts on the containers that are the nodes (kind, minikube's docker driver). */
  needsNodeContainers: boolean;
  /** Reads of product pages per second that come on top while the fault lasts; a fault by themselves. @default none */
  surgePerSecond?: number;
  /** Name of the Service whose addresses show the fault being isolated, where one does. */
  isolatedFrom?: string;
  /**
   * Looks before anything is touched.
   *
   * @returns the reason why the drill cannot be run on this stack, as a clause that can follow "because"
   */
  guard?(state: StackState): string | undefined;
  /** Works the fault out; changes nothing. */
  plan(state: StackState): Plan;
  hold: Hold;
  /** Whether it fills the cache: what Redis' own load wrote is evicted then, and nobody looks for it. @default false */
  evicts?: true;
  /** Seconds between two runs, where what one run has raised would be taken for the next one's. @default 10 */
  restSeconds?: number;
  expect: Expectation;
}
