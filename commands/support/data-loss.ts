/** One step of an engine's plan. */
export interface Step {
  /** The engine's operation: same, create, update, delete, replace, delete-replaced, … */
  op: string;
  urn: string;
  type: string;
  /** Properties that cause a replacement; `provider` where its provider is replaced. */
  keys: string[];
  /** The resource before the step; undefined where it did not exist. */
  old?: { id: string; provider: string; inputs: Record<string, any> };
  /** The declared inputs, where the step creates or changes a resource. */
  made?: Record<string, any>;
}

/** An object that holds data and that a plan would destroy. */
export interface Loss {
  /** Its name for `--destroys`: `statefulset/online-shop/postgres`. Unique in a stack. */
  name: string;
  /** What the plan would do and why: a clause that follows the name. */
  why: string;
}

/**
 * Operations after which the old object is gone. A replacement consists of several steps, and not all of them have
 * keys.
 */
const DESTROYING = new Set([
  "delete",
  "replace",
  "delete-replaced",
  "create-replacement",
  "discard-replaced",
  "remove-pending-replace",
]);

const PROVIDER = "pulumi:providers:kubernetes";

const NAMESPACE = "kubernetes:core/v1:Namespace";

/** Types whose objects hold data, or contain all that do. */
const HOLDERS = /^kubernetes:(core\/v1:(Namespace|PersistentVolumeClaim|PersistentVolume)|apps\/v1:StatefulSet)$/;

/** Whether an object may hold data. A StatefulSet without claims does not; one with unknown inputs may. */
function holdsData({ type, old }: Step): boolean {
  if (old === undefined || !HOLDERS.test(type)) return false;
  const spec = old.inputs["spec"] as { volumeClaimTemplates?: unknown[] } | undefined;
  return !type.endsWith(":StatefulSet") || spec === undefined || (spec.volumeClaimTemplates ?? []).length > 0;
}

/**
 * Name of a resource: kind, namespace and name for an object (the last two are its id), `provider/NAME` for a provider.
 */
function nameOf({ type, urn, old }: Step): string {
  if (type === PROVIDER) return `provider/${urn.split("::").at(-1)}`;
  return `${type.split(":").at(-1)?.toLowerCase()}/${old?.id}`;
}

const OTHER_CLUSTER = "would be replaced: the cluster is another than the one the state tells of";
const OTHER_VOLUMES = "would be replaced: its volumes would be others, and Kubernetes lets no StatefulSet change them";

function whyOf(keys: readonly string[]): string {
  if (keys.length === 0) return "would be deleted: the program does not declare it any more";
  if (keys.includes("clusterIdentifier")) return OTHER_CLUSTER;
  if (keys.includes("provider")) return "would be replaced with the provider that reaches it";
  if (keys.some((key) => key.startsWith("spec.volumeClaimTemplates"))) return OTHER_VOLUMES;
  return `would be replaced: ${keys.join(" and ")} would be another`;
}

/** Part of a provider reference, `<urn>::<id>`, that names the provider. */
const providerUrn = (reference: string): string => reference.slice(0, reference.lastIndexOf("::"));

/** Properties whose change means that the old cluster cannot be asked any more. */
const ELSEWHERE = ["clusterIdentifier", "provider"];

/** Namespaces that a plan deletes from the cluster it is applied to. */
export function namespacesGoing(steps: readonly Step[]): string[] {
  const going = steps.filter(({ op, type }) => type === NAMESPACE && DESTROYING.has(op));
  const elsewhere = new Set(
    going.filter(({ keys }) => keys.some((key) => ELSEWHERE.includes(key))).map(({ urn }) => urn),
  );
  return [...new Set(going.flatMap(({ urn, old }) => (old === undefined || elsewhere.has(urn) ? [] : [old.id])))];
}

/**
 * The objects with data that a plan would destroy: namespaces, claims, StatefulSets with claims, and a provider whose
 * objects are among them. All other objects can be created again from the program.
 *
 * @param empty namespaces in which the cluster has no claim. @default none
 */
export function destroysData(steps: readonly Step[], empty: readonly string[] = []): Loss[] {
  const going = steps.filter(({ op }) => DESTROYING.has(op));
  const holders = going.filter(
    (step) => holdsData(step) && !(step.type === NAMESPACE && empty.includes(step.old?.id ?? "")),
  );
  const under = new Set(holders.map(({ old }) => providerUrn(old?.provider ?? "")));
  const losses = new Map<string, Loss>();
  for (const step of [...going.filter(({ type, urn }) => type === PROVIDER && under.has(urn)), ...holders]) {
    const keys = going.filter(({ urn }) => urn === step.urn).flatMap((each) => each.keys);
    const name = nameOf(step);
    losses.set(name, { name, why: whyOf([...new Set(keys)]) });
  }
  return [...losses.values()];
}

/**
 * The refusal of a plan, with what to type: for losses that were not named, and for names that the plan does not
 * destroy. Undefined where the names and the losses agree.
 */
export function refusal(losses: readonly Loss[], named: readonly string[]): string | undefined {
  const names = losses.map(({ name }) => name);
  const wrong = named.filter((name) => !names.includes(name));
  if (wrong.length > 0) {
    const there =
      names.length === 0 ? "it destroys nothing that holds data" : `what it destroys is ${names.join(", ")}`;
    return `--destroys names ${wrong.join(", ")}, which this plan leaves alone; ${there}. Nothing was changed.`;
  }
  const unnamed = losses.filter(({ name }) => !named.includes(name));
  if (unnamed.length === 0) return undefined;
  const reasons = [...new Set(unnamed.map(({ why }) => why))];
  const namesOf = (reason: string): string =>
    unnamed
      .filter(({ why }) => why === reason)
      .map(({ name }) => name)
      .join(", ");
  const parts = reasons.map((reason) => `${namesOf(reason)} ${reason}`);
  const sentence = `This plan would destroy what holds data, so it is refused and nothing was changed: ${parts.join("; ")}.`;
  return [sentence, ...wayOut(names, reasons)].join("\n");
}

/** What to type: for the change that was probably meant, and to let the data go. */
function wayOut(names: readonly string[], reasons: readonly string[]): string[] {
  // The API refuses the change itself, so `--destroys` would not help.
  if (reasons.includes(OTHER_VOLUMES)) {
    return [
      "A larger volume keeps its data: components/postgres/runbook.md, Volume filling, has the steps for any StatefulSet.",
    ];
  }
  const anew =
    "A cluster that was made anew holds none of it: npm run up -- --refresh reads that, and then plans only creations.";
  const named = `If the data is to go, name each: npm run up -- ${names.map((name) => `--destroys ${name}`).join(" ")}`;
  return reasons.includes(OTHER_CLUSTER) ? [anew, named] : [named];
}
