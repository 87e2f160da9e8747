import api from "../../policy/graph/api.json";
import { UNKNOWN } from "../../policy/graph/resource";
import type { Random } from "../../planner/simulation/random";
import { CONFIGURATIONS } from "./configurations";

type Known = Record<string, unknown>;

const MODELS = api as unknown as Record<string, Record<string, string>>;

/** API versions of the kinds that are not in the core group. */
const VERSIONS: Record<string, string[]> = {
  "apps/v1": ["Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "ControllerRevision"],
  "batch/v1": ["Job", "CronJob"],
  "policy/v1": ["PodDisruptionBudget", "Eviction"],
  "networking.k8s.io/v1": ["NetworkPolicy", "Ingress", "IngressClass", "IPAddress", "ServiceCIDR"],
  "rbac.authorization.k8s.io/v1": ["Role", "ClusterRole", "RoleBinding", "ClusterRoleBinding"],
  "scheduling.k8s.io/v1": ["PriorityClass"],
  "node.k8s.io/v1": ["RuntimeClass"],
  "discovery.k8s.io/v1": ["EndpointSlice"],
  "coordination.k8s.io/v1": ["Lease"],
  "storage.k8s.io/v1": ["StorageClass", "CSIDriver", "CSINode", "CSIStorageCapacity", "VolumeAttachment"],
  "apiextensions.k8s.io/v1": ["CustomResourceDefinition"],
  "apiregistration.k8s.io/v1": ["APIService"],
  "certificates.k8s.io/v1": ["CertificateSigningRequest"],
  "flowcontrol.apiserver.k8s.io/v1": ["FlowSchema", "PriorityLevelConfiguration"],
  "admissionregistration.k8s.io/v1": [
    "ValidatingWebhookConfiguration",
    "MutatingWebhookConfiguration",
    "ValidatingAdmissionPolicy",
    "ValidatingAdmissionPolicyBinding",
  ],
};
const VERSION_OF = new Map(
  Object.entries(VERSIONS).flatMap(([version, kinds]) => kinds.map((kind) => [kind, version] as const)),
);
/** Kinds that rules read most of come more often. */
const READ_MOST = [
  "Deployment",
  "StatefulSet",
  "Service",
  "NetworkPolicy",
  "ConfigMap",
  "Pod",
  "HorizontalPodAutoscaler",
];
const KINDS = Object.keys(MODELS)
  .filter((name) => /^V\d/.test(name) && MODELS[name]!.metadata === "V1ObjectMeta" && MODELS[name]!.kind === "string")
  .map((name) => name.replace(/^V\d/, ""));
const FOREIGN = [
  ["argoproj.io/v1alpha1", "Rollout"],
  ["serving.knative.dev/v1", "Service"],
  ["projectcalico.org/v3", "NetworkPolicy"],
  ["apps.kruise.io/v1beta1", "StatefulSet"],
  ["example.org/v1", "constructor"],
] as const;

/** Texts that some rule asks for, and some that nobody expects. */
const TEXTS = [
  ..."web app db shop default prod cpu memory pods tcp http metrics a b".split(" "),
  ..."RollingUpdate Recreate Always Never OnFailure TCP UDP Ingress Egress ALL NET_BIND_SERVICE Local".split(" "),
  ..."In NotIn Exists DoesNotExist NodePort LoadBalancer ExternalName None Utilization ServiceAccount".split(" "),
  ..."Deployment Role ClusterRole cluster-admin system:masters * get list create secrets patch".split(" "),
  ..."kubernetes.io/hostname topology.kubernetes.io/zone pod-template-hash 10.0.0.0/8 0.0.0.0/0 ::/0 not/a/range".split(
    " ",
  ),
  ..."25% 0% -1% 500m 1Gi 1e400 0x10 2h yes no 020 ~ constructor __proto__ toString [] {}".split(" "),
  "",
  " ",
  "\u0000",
  "ü\u2028🙂",
  "postgres://app:hunter2@db:5432/app",
  "registry.example.org:5000/a/b:1@sha256:0",
  "((((",
  "* * * * *",
];
const NUMBERS = [0, 1, 2, 3, 5, 80, 443, 5432, 10_001, 65_536, -1, 2 ** 31, Number.MAX_SAFE_INTEGER];
/** Values of any type but the one that is asked for. */
const ODD = [
  true,
  false,
  0,
  -1,
  1.5,
  1e21,
  "",
  "yes",
  "020",
  [],
  {},
  [null],
  [[]],
  { a: null },
  { 0: {} },
  [{}],
  ["a", 1],
];

/** Shares: of nulls, of values of a wrong type, and of a field's being there at all. */
const NULLS = 0.06;
const ODDITIES = 0.03;
const PRESENT = 0.45;
const DEEPEST = 14;

/** How odd objects are made. */
export interface Options {
  /** Whether some values are not known yet, as in a preview. */
  unknowns: boolean;
}

/** Objects out of the API's own schema, with nulls and odd values in them; the same seed gives the same objects. */
export class ObjectMaker {
  constructor(
    private readonly random: Random,
    private readonly options: Options,
  ) {}

  /** One object of some kind, as a file has it. */
  object(): Known {
    const roll = this.random.uniform();
    if (roll < 0.08) return this.foreign();
    const kind = roll < 0.6 ? this.one(READ_MOST) : this.one(KINDS);
    const model = MODELS[`V2${kind}`] ? `V2${kind}` : `V1${kind}`;
    const version = kind === "HorizontalPodAutoscaler" ? "autoscaling/v2" : (VERSION_OF.get(kind) ?? "v1");
    const made = this.model(model, 0);
    if (kind === "ConfigMap") made.data = this.configuration();
    return this.named(version, kind, made);
  }

  private foreign(): Known {
    const [version, kind] = this.one(FOREIGN);
    const template = this.value("V1PodTemplateSpec", 1);
    const spec = this.one([
      { replicas: this.value("int", 1), selector: this.value("V1LabelSelector", 1), template },
      { tasks: [{ template }, null] },
      template,
    ]);
    return this.named(version, kind, { metadata: this.value("V1ObjectMeta", 1), spec });
  }

  private named(apiVersion: string, kind: string, made: Known): Known {
    const name = this.one(["web", "app", "db", "config"]);
    const given = typeof made.metadata === "object" && !Array.isArray(made.metadata) ? made.metadata : {};
    const label = this.random.uniform() < 0.5 ? { labels: { app: name } } : {};
    return {
      ...made,
      apiVersion,
      kind,
      metadata: { ...given, ...label, name, namespace: this.one(["shop", "default"]) },
    };
  }

  private configuration(): Known {
    const [key, text] = this.one(CONFIGURATIONS);
    return { [key]: this.damaged(text), ...(this.value("{}string", 1) as Known) };
  }

  /** A text with one of its words replaced by something else. */
  private damaged(text: string): string {
    const words = text.split(/(?<=[\s:,])/);
    if (this.random.uniform() < 0.3) return text;
    words[this.random.below(words.length)] = this.one(["null\n", "[]\n", "{}\n", "1\n", ": ", "~ ", "\n", "yes "]);
    return words.join("");
  }

  private value(type: string, depth: number): unknown {
    const roll = this.random.uniform();
    if (roll < NULLS) return null;
    if (roll < NULLS + ODDITIES) return this.one(ODD);
    if (this.options.unknowns && roll < NULLS + 2 * ODDITIES) return UNKNOWN;
    if (type.startsWith("[]")) return this.times(() => this.value(type.slice(2), depth + 1));
    if (type.startsWith("{}"))
      return Object.fromEntries(this.times(() => [this.one(TEXTS), this.value(type.slice(2), depth + 1)] as const));
    if (type in MODELS) return this.model(type, depth + 1);
    if (type === "boolean") return this.random.uniform() < 0.5;
    if (type === "int" || type === "number") return this.one(NUMBERS);
    if (type === "IntOrString" || type === "amount") return this.one<unknown>([this.one(NUMBERS), this.one(TEXTS)]);
    return type === "any" ? this.one<unknown>(ODD) : this.one(TEXTS);
  }

  private model(name: string, depth: number): Known {
    const present = depth < DEEPEST ? PRESENT : 0;
    return Object.fromEntries(
      Object.entries(MODELS[name]!)
        // What leads to the containers is nearly always there: most rules begin with them.
        .filter(
          ([key]) => this.random.uniform() < (/^(spec|template|containers|jobTemplate)$/.test(key) ? 0.95 : present),
        )
        .map(([key, type]) => [key, this.value(type, depth)]),
    );
  }

  private times<T>(make: () => T): T[] {
    return Array.from({ length: this.random.below(3) }, make);
  }

  private one<T>(list: readonly T[]): T {
    return list[this.random.below(list.length)]!;
  }
}
