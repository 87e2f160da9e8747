import { execa, ExecaError, type Options } from "execa";
import type { Kind, Kinds } from "./kinds";

/**
 * The only way from TypeScript to a Kubernetes cluster: kubectl, always with a context. Not the client library, because
 * half of the calls are kubectl's own commands (`rollout status`, `wait`, `drain`, `scale`), because a drill's commands
 * have to be text that a person can paste, and because kubectl supports every provider's log-in. Only the library's
 * types are used, and its informers (watch.ts).
 */

/** The cluster and the namespace of the calls. */
export interface Cluster {
  /** Name of the kubeconfig context. The current context is never used, because it may be another cluster. */
  context: string;
  /** Namespace of the stack. */
  namespace: string;
}

/** Limits and options of the calls. */
export interface Limits {
  /** Standard input. @default none */
  input?: string;
  /** Seconds for reading or changing an object; `run` and `exec` have no such limit. @default 10 */
  apiSeconds?: number;
  /** Seconds after which kubectl is ended. @default never */
  seconds?: number;
  /** Ends kubectl when aborted; its reason is thrown. */
  signal?: AbortSignal;
  /** Whether kubectl gets its own process group, so that Ctrl-C at the terminal does not end it. @default false */
  apart?: boolean;
  /** Whether the output keeps its last line feed. @default false */
  exact?: boolean;
}

/** A healthy API answers in milliseconds and a busy one within seconds; after this time it counts as lost. */
const API_SECONDS = 10;

/** Longest output of one call, in bytes. The journals of a drill's load are the longest. */
const MOST_BYTES = 512 * 1024 * 1024;

/** Makes a change print the object's new version. */
const VERSION = ["-o", "jsonpath={.metadata.resourceVersion}"];

/** Arguments of kubectl. @param namespace undefined for objects without a namespace, or of all namespaces */
export function kubectlArguments(
  { context, namespace }: { context: string; namespace?: string },
  args: readonly string[],
): string[] {
  return ["--context", context, ...(namespace === undefined ? [] : ["-n", namespace]), ...args];
}

/** Options of execa for a program with these limits. */
export function processOptions({ input, seconds, signal, apart = false, exact = false }: Limits) {
  return {
    detached: apart,
    stripFinalNewline: !exact,
    maxBuffer: MOST_BYTES,
    ...(input === undefined ? { stdin: "ignore" as const } : { input }),
    ...(seconds === undefined ? {} : { timeout: 1000 * seconds }),
    ...(signal === undefined ? {} : { cancelSignal: signal }),
  };
}

/** The last line that a failed call printed. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof ExecaError)) return error instanceof Error ? error.message : String(error);
  return `${error.stderr ?? ""}`.trim().split("\n").at(-1) || error.shortMessage;
}

/** kubectl on one cluster, in one namespace of it or in none. Every call throws execa's error where kubectl fails. */
export class Kubectl {
  constructor(
    readonly where: { context: string; namespace?: string },
    private readonly limits: Limits = {},
  ) {}

  /** The same cluster and namespace, with these limits in place of the present ones. */
  with(limits: Limits): Kubectl {
    return new Kubectl(this.where, { ...this.limits, ...limits });
  }

  /** Starts kubectl. The caller handles its streams and its end. `options` override those of the limits. */
  start<O extends Options>(args: readonly string[], options: O) {
    return execa("kubectl", kubectlArguments(this.where, args), { ...processOptions(this.limits), ...options });
  }

  /** Runs kubectl and returns what it prints. */
  async run(...args: string[]): Promise<string> {
    try {
      return (await this.start(args, {})).stdout;
    } catch (error) {
      this.limits.signal?.throwIfAborted();
      throw error;
    }
  }

  /** The API's answer; undefined where the call fails for any reason. */
  async ask(...args: string[]): Promise<string | undefined> {
    return this.api(...args).catch(() => undefined);
  }

  /** An object, or undefined where there is none. */
  async get<K extends Kind>(kind: K, name: string): Promise<Kinds[K] | undefined> {
    const text = await this.api("get", kind, name, "--ignore-not-found", "-o", "json");
    return text.trim() === "" ? undefined : JSON.parse(text);
  }

  /**
   * Objects of one kind or several; without a namespace those of all.
   *
   * @param selector of labels, as kubectl takes it. @default everything
   * @param flags more of kubectl's
   */
  async list<K extends Kind>(kinds: K | readonly K[], selector?: string, ...flags: string[]): Promise<Kinds[K][]> {
    const everywhere = this.where.namespace === undefined ? ["--all-namespaces"] : [];
    const labels = selector === undefined ? [] : ["-l", selector];
    const what = ["get", [kinds].flat().join(), ...everywhere, ...labels, ...flags];
    return JSON.parse(await this.api(...what, "-o", "json")).items;
  }

  /** Creates an object, and fails where it exists. @returns the new object's version */
  create(object: Kinds[Kind]): Promise<string> {
    return this.with({ input: JSON.stringify(object) }).api("create", "-f", "-", ...VERSION);
  }

  /**
   * Applies a JSON merge patch. With a `resourceVersion` it fails where the object has changed. @returns the version
   */
  patch(kind: Kind, name: string, patch: object): Promise<string> {
    return this.api("patch", kind, name, "--type=merge", "-p", JSON.stringify(patch), ...VERSION);
  }

  /** Deletes an object without waiting for its end; does nothing where there is none. */
  async remove(kind: Kind, name: string): Promise<void> {
    await this.api("delete", kind, name, "--ignore-not-found", "--wait=false");
  }

  /** Whether this user has the right. */
  async may(verb: string, kind: Kind): Promise<boolean> {
    return (await this.ask("auth", "can-i", verb, kind))?.trim() === "yes";
  }

  /** Runs a program in a container and returns what it prints. */
  exec(pod: string, container: string, ...program: string[]): Promise<string> {
    const input = this.limits.input === undefined ? [] : ["-i"];
    return this.run("exec", ...input, pod, "-c", container, "--", ...program);
  }

  /** A call of a single API request, with its time limit. */
  private api(...args: string[]): Promise<string> {
    return this.run(`--request-timeout=${this.limits.apiSeconds ?? API_SECONDS}s`, ...args);
  }
}
