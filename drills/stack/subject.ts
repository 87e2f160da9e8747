import type { KubernetesObject } from "@kubernetes/client-node";
import type { Kubectl } from "../../cluster/kubectl";
import type { ClusterState } from "../../cluster/state";
import type { Witness } from "../watch/alerts";
import type { Command } from "./command";
import type { Found } from "./state";

/** What a component is shown and asks with when it is looked at. */
export interface Look {
  /** For what only its pods can tell; each question ends in time. */
  kubectl: Kubectl;
  cluster: ClusterState;
  /** The namespace's pods, Services and Endpoints. */
  objects: readonly KubernetesObject[];
}

/** A component that can be broken, as it brings itself to the instrument. */
export interface Subject {
  /** Its own name, which its main workload has as well. */
  name: string;
  /** Workloads of it that the load pod may enter while a drill lasts, and on which ports. */
  entrances: Record<string, number>;
  /** How it is now. What does not answer is part of the finding, no error. */
  look(look: Look): Promise<Found>;
}

/** The component that keeps what the load writes: it is asked for the truth at the end. */
export interface Store extends Subject {
  /**
   * SQL as the superuser, inside a member's pod.
   *
   * @param pod name of the member's pod
   * @param statements the rows come back unaligned, one a line, columns separated by tabs
   */
  sql(namespace: string, pod: string, statements: string): Command;
  /**
   * Says which data directory a member has: inode and birth of the directory, and of a file in it that nothing writes
   * again, each on a line.
   */
  dataDirectory(namespace: string, pod: string): Command;
}

/** What a stack is made of, for the instrument. */
export interface Subjects {
  store: Store;
  others: Subject[];
  /** Prometheus: tells which alerts a fault has raised. */
  witness: Witness;
  /** Deployment that serves the shop: the load pod has its image, environment and passwords. */
  shop: string;
}

/** All of them, in the order in which they are told of. */
export const everyOne = ({ store, others }: Subjects): Subject[] => [store, ...others];
