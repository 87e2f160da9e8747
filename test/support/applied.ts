import type { RegisteredResource } from "../../graph/registered";
import { kindOf } from "../../graph/workloads";

/** What the engine's event log tells of one step of a preview. */
interface Planned {
  op: string;
  new?: { urn: string; type: string; custom: boolean; parent: string; inputs: Record<string, any>; provider: string };
}

/** What `--save-plan` tells of a resource: what it was computed from. */
interface Goal {
  dependencies?: string[];
  propertyDependencies?: Record<string, string[]>;
}

/** How Pulumi marks a secret on the wire and in a state (sdk/nodejs/runtime/rpc.ts). */
const SIGNATURE = "4dabf18193072939515e22adb298388d";

const PROVIDER = "pulumi:providers:";

/** What every secret is in a state that {@link appliedState} makes. */
const SECRET = "a secret";

/** Secrets become a word: an event log does not tell them, and a state without them needs no key. */
function inClear(value: unknown): any {
  if (Array.isArray(value)) return value.map(inClear);
  if (typeof value !== "object" || value === null) return value;
  if (SIGNATURE in value) return SECRET;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, inClear(inner)]));
}

/** The id a plugin would give: Kubernetes objects are called by namespace and name, images by their name. */
function idOf(type: string, inputs: Record<string, any>): string {
  const { namespace, name } = (inputs["metadata"] ?? {}) as { namespace?: string; name?: string };
  if (type.startsWith("kubernetes:")) return [namespace, name].filter(Boolean).join("/");
  return String(inputs["imageName"] ?? "none");
}

/**
 * Contents of the Secrets by their resources' names. An event log tells not even their keys: they come from the mocks.
 */
function secretsOf(graph: RegisteredResource[]): Map<string, Record<string, string>> {
  const said = (stringData: unknown): string =>
    JSON.stringify(stringData).replaceAll(/mock-password-of-[\w-]+/g, SECRET);
  return new Map(
    graph
      .filter((one) => kindOf(one) === "Secret")
      .map(({ name, props }) => [name, JSON.parse(said(props["stringData"])) as Record<string, string>]),
  );
}

const inBase64 = (values: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(values).map(([key, value]) => [key, Buffer.from(value).toString("base64")]));

/** What a plugin would have noted beside the inputs, and compares with the next time. */
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
 * The state that a stack would have if a first preview of it had been carried out, for `pulumi stack import`: so a real
 * engine can be asked for a plan over something that is there, without a cluster.
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
