import type { RegisteredResource } from "../../graph/registered";
import { PENDING } from "../../components/common/addresses";
import { kindOf } from "../../graph/workloads";

/** One step of a preview in the engine's event log. */
interface Planned {
  op: string;
  new?: { urn: string; type: string; custom: boolean; parent: string; inputs: Record<string, any>; provider: string };
}

/** The dependencies of a resource, as `--save-plan` writes them. */
interface Goal {
  dependencies?: string[];
  propertyDependencies?: Record<string, string[]>;
}

/** How Pulumi marks a secret on the wire and in a state (sdk/nodejs/runtime/rpc.ts). */
const SIGNATURE = "4dabf18193072939515e22adb298388d";

const PROVIDER = "pulumi:providers:";

/** Value of every secret in a state that {@link appliedState} makes; it is the same in a URL. */
const SECRET = "secret";

/** Replaces secrets with a fixed word: the event log does not have them, and such a state needs no key. */
function inClear(value: unknown): any {
  if (Array.isArray(value)) return value.map(inClear);
  if (typeof value !== "object" || value === null) return value;
  if (SIGNATURE in value) return SECRET;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, inClear(inner)]));
}

/** The id that a plugin gives: namespace and name for a Kubernetes object, the name for an image. */
function idOf(type: string, inputs: Record<string, any>): string {
  const { namespace, name } = (inputs["metadata"] ?? {}) as { namespace?: string; name?: string };
  if (type.startsWith("kubernetes:")) return [namespace, name].filter(Boolean).join("/");
  return String(inputs["imageName"] ?? "none");
}

/**
 * Contents of the Secrets by their resources' names, from the mocks. An event log does not even have their keys. In the
 * preview that it is of, no Service had an address yet.
 */
function secretsOf(graph: RegisteredResource[]): Map<string, Record<string, string>> {
  const said = (stringData: unknown): string =>
    JSON.stringify(stringData)
      .replaceAll(/mock-password-of-[\w-]+/g, SECRET)
      .replaceAll(/\b10\.96\.\d+\.\d+\b/g, PENDING);
  return new Map(
    graph
      .filter((one) => kindOf(one) === "Secret")
      .map(({ name, props }) => [name, JSON.parse(said(props["stringData"])) as Record<string, string>]),
  );
}

const inBase64 = (values: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(values).map(([key, value]) => [key, Buffer.from(value).toString("base64")]));

/** The outputs that a plugin stores, and compares with at the next update. */
function outputsOf(type: string, inputs: Record<string, any>): Record<string, unknown> {
  if (type.startsWith("kubernetes:")) {
    const live = inputs["stringData"]
      ? { ...inputs, stringData: undefined, data: inBase64(inputs["stringData"]) }
      : inputs;
    return {
      ...live,
      __inputs: inputs,
      __initialApiVersion: inputs["apiVersion"],
      __fieldManager: "pulumi-kubernetes-test",
    };
  }
  if (type === "docker:index/image:Image")
    return { __inputs: inputs, repoDigest: `${inputs["imageName"]}@sha256:${"a".repeat(64)}` };
  if (type !== "random:index/randomPassword:RandomPassword") return inputs;
  const classes = {
    lower: true,
    upper: true,
    numeric: true,
    number: true,
    minLower: 0,
    minUpper: 0,
    minNumeric: 0,
    minSpecial: 0,
  };
  return { ...classes, ...inputs, result: SECRET };
}

/**
 * The state that a stack has after its first update, for `pulumi stack import`. With it a real engine plans a change of
 * an existing stack without any cluster.
 *
 * @param log event log of a preview of an empty stack
 * @param plan what `--save-plan` wrote of it
 * @param graph the same program's, under mocks
 */
export function appliedState(log: string, plan: string, graph: RegisteredResource[]): string {
  const secrets = secretsOf(graph);
  const goals = (JSON.parse(plan) as { resourcePlans: Record<string, { goal?: Goal }> }).resourcePlans;
  const made = log
    .split("\n")
    .filter((line) => line.includes('"resourcePreEvent"'))
    .map((line) => (JSON.parse(line) as { resourcePreEvent: { metadata: Planned } }).resourcePreEvent.metadata)
    .flatMap(({ op, new: planned }) => (op === "create" && planned ? [planned] : []));
  // A preview gives all providers one id that stands for "not known yet".
  const providers = made.filter(({ type }) => type.startsWith(PROVIDER));
  const ids = new Map(providers.map(({ urn }, i) => [urn, `00000000-0000-4000-8000-00000000000${i}`]));
  const resources = made.map(({ urn, type, custom, parent, provider, ...rest }) => {
    const inputs = {
      ...inClear(rest.inputs),
      ...(type.endsWith(":Secret") ? { stringData: secrets.get(urn.split("::").at(-1) ?? "") } : {}),
    };
    const under = provider.slice(0, provider.lastIndexOf("::"));
    return {
      urn,
      type,
      custom,
      inputs,
      outputs: outputsOf(type, inputs),
      parent: parent || undefined,
      dependencies: goals[urn]?.goal?.dependencies,
      propertyDependencies: goals[urn]?.goal?.propertyDependencies,
      ...(custom ? { id: ids.get(urn) ?? idOf(type, inputs) } : {}),
      ...(provider ? { provider: `${under}::${ids.get(under)}` } : {}),
    };
  });
  const manifest = { time: "2026-01-01T00:00:00Z", magic: "", version: "" };
  return JSON.stringify({ version: 3, deployment: { manifest, resources } });
}
