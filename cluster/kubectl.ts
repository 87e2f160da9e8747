import { execa, ExecaError, type Options } from "execa";
import type { Kind, Kinds } from "./kinds";

/**
 * The one way to a Kubernetes cluster from TypeScript: kubectl, on a context that is always named. Not the client
 * library: half of what is done here is kubectl's own (`rollout status`, `wait`, `drain`, `scale`), a drill's commands
 * have to be data that a person can paste, and kubectl brings each provider's way of logging in. The library's types
 * are used, and its informers where something is followed (watch.ts).
 */

/** Where calls go. */
export interface Cluster {
  /** Name of the kubeconfig context; never the ambient one, which may be another cluster. */
  context: string;
  /** Namespace of the stack. */
  namespace: string;
}

/** How calls are made. */
export interface Limits {
  /** Standard input. @default none */
  input?: string;
  /** Seconds that reading or changing an object may take; `run` and `exec` take as long as they take. @default 10 */
  apiSeconds?: number;
  /** Seconds after which kubectl is ended. @default never */
  seconds?: number;
  /** Ends kubectl when aborted; its reason is thrown. */
  signal?: AbortSignal;
  /** Whether Ctrl-C at the terminal passes kubectl by: it has a process group of its own. @default false */
  apart?: boolean;
  /** Whether what is printed keeps its last line feed. @default false */
  exact?: boolean;
}

/** A healthy API answers in milliseconds, a busy one within seconds: longer is an API that is away. */
const API_SECONDS = 10;

/** Most that is read of what one call prints, in bytes; journals of a drill's load are the longest. */
const MOST_BYTES = 512 * 1024 * 1024;

/** What a change prints: the object's new version. */
const VERSION = ["-o", "jsonpath={.metadata.resourceVersion}"];

/** Arguments as kubectl gets them. @param namespace undefined for what no namespace has, or all of them */
export function kubectlArguments(
  { context, namespace }: { context: string; namespace?: string },
  args: readonly string[],
): string[] {
  return ["--context", context, ...(namespace === undefined ? [] : ["-n", namespace]), ...args];
}

/** How any program is run within limits. */
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

/** What a failed call said last, in one line. */
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

  /** The same place, with these limits over the present ones. */
  with(limits: Limits): Kubectl {
    return new Kubectl(this.where, { ...this.limits, ...limits });
  }

  /**
   * Starts kubectl and leaves its streams and its end to the caller; options stand over what follows from the limits.
   */
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

  /** What the API answers; undefined where it does not, whatever the reason. */
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

  /** Fails where there is one of that name. Returns the new object's version, as {@link patch} does. */
  create(object: Kinds[Kind]): Promise<string> {
    return this.with({ input: JSON.stringify(object) }).api("create", "-f", "-", ...VERSION);
  }

  /** A JSON merge patch; with a `resourceVersion` in it, refused where the object has changed since. */
  patch(kind: Kind, name: string, patch: object): Promise<string> {
    return this.api("patch", kind, name, "--type=merge", "-p", JSON.stringify(patch), ...VERSION);
  }

  /** Returns at once, and also where there is none. */
  async remove(kind: Kind, name: string): Promise<void> {
    await this.api("delete", kind, name, "--ignore-not-found", "--wait=false");
  }

  /** Whether this user may do that. */
  async may(verb: string, kind: Kind): Promise<boolean> {
    return (await this.ask("auth", "can-i", verb, kind))?.trim() === "yes";
  }

  /** Runs a program in a container and returns what it prints. */
  exec(pod: string, container: string, ...program: string[]): Promise<string> {
    const input = this.limits.input === undefined ? [] : ["-i"];
    return this.run("exec", ...input, pod, "-c", container, "--", ...program);
  }

  /** A call that is one request to the API. */
  private api(...args: string[]): Promise<string> {
    return this.run(`--request-timeout=${this.limits.apiSeconds ?? API_SECONDS}s`, ...args);
  }
}
