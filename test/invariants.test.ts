import { beforeAll, describe, expect, test } from "vitest";
import { ENVIRONMENTS, PROFILES } from "../config/keys";
import type { RegisteredResource } from "../graph/registered";
import { containers, kindOf, selects, workloads, type Workload } from "../graph/workloads";
import { programGraph } from "../stack-graph";

/**
 * What holds for every component, checked over the graph of the real program. What a rule of the policy pack checks is
 * not repeated here: policy/rules/mutations.test.ts runs every rule over the same graphs.
 */
const cases = ENVIRONMENTS.flatMap((environment) => PROFILES.map((profile) => ({ environment, profile })));

describe.each(cases)("$environment, $profile", ({ environment, profile }) => {
  let graph: RegisteredResource[];
  let all: Workload[];
  let kubernetes: RegisteredResource[];
  beforeAll(async () => {
    graph = await programGraph(environment, { profile });
    all = workloads(graph);
    kubernetes = graph.filter(({ type }) => type.startsWith("kubernetes:"));
  });
  const components = () => graph.filter(({ type }) => type.startsWith("holdfast:"));
  const byUrn = (urn: string) => graph.find((resource) => resource.urn === urn);

  test("components have the package's type token, registered outputs and children named after them", () => {
    expect(components().length).toBeGreaterThanOrEqual(3);
    for (const component of components()) {
      expect(component.type).toMatch(/^holdfast:index:[A-Z]\w+$/);
      expect(component.outputs, component.name).toBeDefined();
      for (const child of graph.filter(({ parent }) => parent === component.urn)) {
        expect(
          child.name === component.name ||
            child.name.startsWith(`${component.name}-`) ||
            component.type.endsWith(":Monitoring"),
          `${component.name} > ${child.name}`,
        ).toBe(true);
      }
    }
  });

  test("everything but namespaces and the provider belongs to a component", () => {
    for (const resource of kubernetes.filter((one) => kindOf(one) !== "Namespace")) {
      expect(byUrn(resource.parent)?.type ?? "", resource.urn).toMatch(/^holdfast:/);
    }
  });

  test("the provider is always the explicit one", () => {
    for (const resource of kubernetes)
      expect(resource.provider, resource.urn).toContain("::pulumi:providers:kubernetes::kubernetes::");
    const provider = graph.find(({ type }) => type === "pulumi:providers:kubernetes");
    // No setting that a user's provider might not have.
    expect(provider?.props).toEqual({ context: expect.any(String) });
  });

  test("names and namespaces are stated, labels are the standard ones", () => {
    for (const { props, urn } of kubernetes) {
      expect(props.metadata.name, urn).toEqual(expect.any(String));
      expect(props.metadata.labels, urn).toMatchObject({
        "app.kubernetes.io/part-of": "holdfast",
        "app.kubernetes.io/managed-by": "pulumi",
      });
      expect(Object.keys(props.metadata.labels), urn).toEqual(
        expect.arrayContaining(["app.kubernetes.io/name", "app.kubernetes.io/component"]),
      );
    }
  });

  test("an update takes back what was edited by hand", () => {
    for (const one of kubernetes) {
      // A forced namespace would be taken over where it is another's, with all that is in it.
      const forced = kindOf(one) === "Namespace" ? undefined : "true";
      expect(one.props.metadata.annotations["pulumi.com/patchForce"], one.urn).toBe(forced);
    }
  });

  test("no two objects have the same kind, namespace and name", () => {
    const keys = kubernetes.map(
      ({ type, props }) => `${type} ${props.metadata.namespace ?? ""} ${props.metadata.name}`,
    );
    expect(keys.filter((key, index) => keys.indexOf(key) !== index)).toEqual([]);
  });

  test("a Secret's content is a secret, and no password stands anywhere else", () => {
    const passwords = graph
      .filter((one) => kindOf(one) === "RandomPassword")
      .map(({ name }) => `mock-password-of-${name}`);
    expect(passwords.length).toBeGreaterThan(0);
    for (const resource of kubernetes) {
      if (kindOf(resource) === "Secret") {
        const kept = ["data", "stringData"].filter((field) => resource.props[field] !== undefined);
        for (const field of kept)
          expect(
            resource.secrets.some((path) => path === field || path.startsWith(`${field}.`)),
            resource.urn,
          ).toBe(true);
      } else {
        const text = JSON.stringify(resource.props);
        expect(
          passwords.filter((password) => text.includes(password)),
          resource.urn,
        ).toEqual([]);
        expect(resource.secrets, resource.urn).toEqual([]);
      }
    }
    for (const component of components()) expect(JSON.stringify(component.outputs)).not.toContain("mock-password-of-");
  });

  test("a workload selects its own pods", () => {
    for (const { props, template, name } of all.filter(({ kind }) => kind !== "Job" && kind !== "CronJob"))
      expect(selects(props.spec.selector.matchLabels, template.metadata.labels), name).toBe(true);
  });

  test("every container that keeps running has a probe", () => {
    for (const workload of all)
      for (const container of containers(workload, { longRunning: true }))
        expect(container.readinessProbe ?? container.livenessProbe, `${workload.name}/${container.name}`).toBeDefined();
  });

  test("each workload has exactly one network policy, which speaks of both directions", () => {
    const policies = kubernetes.filter((one) => kindOf(one) === "NetworkPolicy").map(({ props }) => props);
    for (const { name, namespace, template } of all) {
      const own = policies.filter(
        ({ metadata, spec }) =>
          metadata.namespace === namespace && selects(spec.podSelector.matchLabels, template.metadata.labels),
      );
      expect(own.length, name).toBe(1);
      expect(own[0].spec.policyTypes, name).toEqual(["Ingress", "Egress"]);
    }
  });

  test("a pod gets a service-account token exactly where a role is bound to its account", () => {
    const bound = kubernetes
      .filter((one) => ["RoleBinding", "ClusterRoleBinding"].includes(kindOf(one)))
      .flatMap(({ props }) => props.subjects.map((subject: any) => subject.name));
    for (const {
      name,
      template: { spec },
    } of all) {
      expect(spec.serviceAccountName, name).toEqual(expect.any(String));
      // Mounted for all containers, or projected for the one that needs it.
      const projected = (spec.volumes ?? []).some((volume: any) =>
        volume.projected?.sources?.some((source: any) => source.serviceAccountToken),
      );
      expect(spec.automountServiceAccountToken || projected, name).toBe(bound.includes(spec.serviceAccountName));
    }
  });

  test("a ConfigMap or Secret that a workload reads keeps its content as long as its name", () => {
    for (const { urn, dependencies } of kubernetes.filter(({ type }) => /:(apps|batch)\//.test(type))) {
      for (const read of Object.values(dependencies)
        .flat()
        .flatMap((other) => byUrn(other) ?? [])) {
        if (kindOf(read) === "ConfigMap") expect(read.props.immutable, `${urn} reads ${read.name}`).toBe(true);
        if (kindOf(read) === "Secret")
          expect(read.props.immutable || /-auth$/.test(read.name), `${urn} reads ${read.name}`).toBe(true);
      }
    }
  });
});
