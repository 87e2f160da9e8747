import { quantity, type Quantity } from "../../graph/quantity";
import { check, eachContainer, eachObject } from "../engine/checks";
import type { Rule } from "../engine/rule";

/** API versions that current clusters no longer serve, by group and version, with what replaced them. */
const REMOVED: Record<string, string> = {
  "extensions/v1beta1": "apps/v1, networking.k8s.io/v1 or policy/v1",
  "apps/v1beta1": "apps/v1",
  "apps/v1beta2": "apps/v1",
  "batch/v1beta1": "batch/v1",
  "batch/v2alpha1": "batch/v1",
  "policy/v1beta1": "policy/v1",
  "networking.k8s.io/v1beta1": "networking.k8s.io/v1",
  "autoscaling/v2beta1": "autoscaling/v2",
  "autoscaling/v2beta2": "autoscaling/v2",
  "rbac.authorization.k8s.io/v1beta1": "rbac.authorization.k8s.io/v1",
  "rbac.authorization.k8s.io/v1alpha1": "rbac.authorization.k8s.io/v1",
  "storage.k8s.io/v1beta1": "storage.k8s.io/v1",
  "apiextensions.k8s.io/v1beta1": "apiextensions.k8s.io/v1",
  "admissionregistration.k8s.io/v1beta1": "admissionregistration.k8s.io/v1",
  "discovery.k8s.io/v1beta1": "discovery.k8s.io/v1",
  "coordination.k8s.io/v1beta1": "coordination.k8s.io/v1",
  "scheduling.k8s.io/v1beta1": "scheduling.k8s.io/v1",
};

function* missing(amounts: Record<string, Quantity> | undefined, kinds: string[], path: string): Iterable<string> {
  for (const kind of kinds) if (!(quantity(amounts?.[kind] ?? 0) > 0)) yield `${path}.${kind} is not set`;
}

/** What containers ask of a node, and fields that the API server would refuse halfway through an update. */
export const resourceRules: Rule[] = [
  {
    id: "requests-and-limits",
    title: "Every container states the CPU and memory it needs and may take",
    why:
      "The scheduler packs by requests, and without limits one leaking process takes the node and every pod on it " +
      "along.",
    fix: "Set `resources.requests` and `resources.limits` for cpu and memory.",
    scope: "object",
    checks: eachContainer(function* ({ spec, path }): Iterable<string> {
      yield* missing(spec.resources?.requests, ["cpu", "memory"], `${path}.resources.requests`);
      yield* missing(spec.resources?.limits, ["cpu", "memory"], `${path}.resources.limits`);
    }),
  },
  {
    id: "scratch-space-bounded",
    title: "Every container states how much of the node's disk it may fill",
    why:
      "Logs and emptyDirs share the node's disk; one runaway writer evicts its neighbours, a database's primary " +
      "among them.",
    fix: "Set `ephemeral-storage` in `resources.requests` and `resources.limits`.",
    advisoryIn: ["dev"],
    scope: "object",
    checks: eachContainer(function* ({ spec, path }): Iterable<string> {
      yield* missing(spec.resources?.requests, ["ephemeral-storage"], `${path}.resources.requests`);
      yield* missing(spec.resources?.limits, ["ephemeral-storage"], `${path}.resources.limits`);
    }),
  },
  {
    id: "env-names-unique",
    title: "No container sets a variable twice",
    why:
      "Server-side apply, which Pulumi uses, refuses the object, after other objects of the update were already " +
      "changed.",
    fix: "Keep one of the entries.",
    scope: "object",
    checks: eachContainer(function* ({ spec, path }): Iterable<string> {
      const names = (spec.env ?? []).map(({ name }) => name);
      for (const [index, name] of names.entries())
        if (names.indexOf(name) < index) yield `${path}.env[${index}] repeats the name of an earlier entry`;
    }),
  },
  {
    id: "current-api-version",
    title: "Objects use API versions that current clusters serve",
    why: "A removed version passes a preview without a cluster and fails in the middle of the update.",
    fix: "Use the version that the message names.",
    scope: "object",
    *checks(graph, settings) {
      const kinds = [...new Set(graph.objects.map(({ kind }) => kind))];
      yield* eachObject(kinds, ({ apiVersion }) =>
        Object.hasOwn(REMOVED, apiVersion) ? `its API version was removed; use ${REMOVED[apiVersion]}` : undefined,
      )(graph, settings);
    },
  },
  {
    id: "api-takes-fields",
    title: "Every field has the type that the API asks for",
    why:
      "The API refuses the whole object, in the middle of an update. YAML reads `on`, `no`, `020` and `1` as no text; " +
      "a number in quotes is no number.",
    fix: "Write what the message asks for; put a text that YAML reads as something else into quotes.",
    prevents: ["https://kubernetes.io/docs/reference/using-api/api-concepts/#setting-the-field-validation-level"],
    scope: "object",
    checks: (graph) =>
      graph.objects.map((object) =>
        check(object.resource, () => object.misshapen.map(({ path, wanted }) => `${path} is not ${wanted}`)),
      ),
  },
  {
    id: "no-opaque-release",
    title: "Charts are rendered where policies can see them",
    why: "A Helm Release hands the chart to Helm: none of the objects it makes passes any of these rules.",
    fix: "Use `kubernetes.helm.v4.Chart`, whose objects are resources of the program.",
    prevents: [
      "https://www.pulumi.com/registry/packages/kubernetes/how-to-guides/choosing-the-right-helm-resource-for-your-use-case/",
    ],
    advisoryIn: ["dev", "staging", "prod"],
    scope: "object",
    checks: eachObject(["Release"], ({ apiVersion }) =>
      apiVersion.startsWith("helm.sh/") ? "its objects are not visible to any rule" : undefined,
    ),
  },
];
