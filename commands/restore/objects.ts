import type {
  V1ConfigMap,
  V1CronJob,
  V1Endpoints,
  V1Job,
  V1PersistentVolume,
  V1PersistentVolumeClaim,
  V1Pod,
  V1StatefulSet,
} from "@kubernetes/client-node";
import { execa } from "execa";

/** Kinds of objects that a restore reads or changes. */
export interface Kinds {
  statefulset: V1StatefulSet;
  pod: V1Pod;
  persistentvolumeclaim: V1PersistentVolumeClaim;
  persistentvolume: V1PersistentVolume;
  endpoints: V1Endpoints;
  configmap: V1ConfigMap;
  cronjob: V1CronJob;
  job: V1Job;
}
export type Kind = keyof Kinds;

/** One namespace of a cluster, and the volumes of all of it. Throws execa's error where a call fails. */
export interface Objects {
  /** The object, or undefined where there is none. */
  get<K extends Kind>(kind: K, name: string): Promise<Kinds[K] | undefined>;
  /** @param selector of labels, as kubectl takes it; @default everything */
  list<K extends Kind>(kind: K, selector?: string): Promise<Kinds[K][]>;
  /** Fails where there is one of that name. Returns the new object's version, as {@link patch} does. */
  create(object: Kinds[Kind]): Promise<string>;
  /** A JSON merge patch; with a `resourceVersion` in it, refused where the object has changed since. */
  patch(kind: Kind, name: string, patch: object): Promise<string>;
  /** Returns at once, and also where there is none. */
  remove(kind: Kind, name: string): Promise<void>;
  /** Runs a program in a container and returns what it printed. */
  exec(pod: string, container: string, ...program: string[]): Promise<string>;
  /** Whether this user may do that. */
  may(verb: string, kind: Kind): Promise<boolean>;
}

/** One call to the API: longer is an API that is away. */
const REQUEST = "--request-timeout=20s";

/** What a change prints. */
const VERSION = ["-o", "jsonpath={.metadata.resourceVersion}"];

/** A program in a pod; the longest is pgBackRest's check, which waits 60 s for the archive. */
const EXEC_MS = 90_000;

/** @param context always named: the ambient one may be another cluster */
export function kubectlObjects(context: string, namespace: string): Objects {
  const where = ["--context", context, "-n", namespace];
  const run = async (args: string[], input?: string): Promise<string> =>
    (await execa("kubectl", [...where, REQUEST, ...args], input === undefined ? { stdin: "ignore" } : { input }))
      .stdout;
  return {
    get: async (kind, name) => {
      const text = await run(["get", kind, name, "--ignore-not-found", "-o", "json"]);
      return text.trim() === "" ? undefined : JSON.parse(text);
    },
    list: async (kind, selector) =>
      JSON.parse(await run(["get", kind, "-o", "json", ...(selector ? ["-l", selector] : [])])).items,
    create: (object) => run(["create", "-f", "-", ...VERSION], JSON.stringify(object)),
    patch: (kind, name, patch) => run(["patch", kind, name, "--type=merge", "-p", JSON.stringify(patch), ...VERSION]),
    remove: async (kind, name) => void (await run(["delete", kind, name, "--ignore-not-found", "--wait=false"])),
    exec: async (pod, container, ...program) =>
      (
        await execa("kubectl", [...where, "exec", pod, "-c", container, "--", ...program], {
          stdin: "ignore",
          timeout: EXEC_MS,
        })
      ).stdout,
    may: async (verb, kind) =>
      (await execa("kubectl", [...where, REQUEST, "auth", "can-i", verb, kind], { reject: false })).stdout.trim() ===
      "yes",
  };
}
