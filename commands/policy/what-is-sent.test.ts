import { describe, expect, test } from "vitest";
import { evaluate } from "../../policy/engine/evaluate";
import { readManifests } from "../../policy/manifests/read";
import { RULES } from "./rules";

const IN_SHOP = "metadata: {name: web, namespace: shop, labels: {app: web}}";
const judged = (text: string): string[] =>
  evaluate(RULES, readManifests(text).resources, { environment: "prod" }).map(({ outcome, rule, message }) =>
    outcome === "fault" ? `fault: ${message}` : `${rule.id}: ${message}`,
  );
const pod = (context: string, more = "") =>
  `apiVersion: v1\nkind: Pod\n${IN_SHOP}\nx: &p {privileged: true}\nspec:\n  containers:\n  - {name: web, image: "web:1", ` +
  `securityContext: ${context}}\n${more}`;

describe("a key that is written and empty is not set", () => {
  test.each([
    [
      "networking.k8s.io/v1",
      "NetworkPolicy",
      "{podSelector: , ingress: , egress: [{to: , ports: null}], policyTypes: null}",
    ],
    ["apps/v1", "Deployment", "{strategy: {rollingUpdate: null}, template: {spec: {volumes: null, containers: }}}"],
    [
      "apps/v1",
      "Deployment",
      "{selector: , template: {spec: {topologySpreadConstraints: null, containers: [{ports: null}]}}}",
    ],
    [
      "apps/v1",
      "Deployment",
      "{template: {spec: {containers: [{securityContext: {capabilities: {add: null, drop: }}}]}}}",
    ],
    [
      "apps/v1",
      "StatefulSet",
      "{volumeClaimTemplates: null, template: {spec: {containers: [{env: , envFrom: null}]}}}",
    ],
    ["networking.k8s.io/v1", "Ingress", "{tls: null, rules: null}"],
    ["networking.k8s.io/v1", "Ingress", "{rules: [{http: null}], tls: [{hosts: , secretName: }]}"],
    ["autoscaling/v2", "HorizontalPodAutoscaler", "{metrics: null, scaleTargetRef: }"],
    ["v1", "Service", "{ports: null, selector: , externalIPs: }"],
    ["policy/v1", "PodDisruptionBudget", "{selector: , minAvailable: null}"],
    ["batch/v1", "CronJob", "{jobTemplate: null}"],
    ["v1", "ResourceQuota", "{hard: null}"],
  ])("%s %s %s", (apiVersion, kind, spec) => {
    const text = `apiVersion: ${apiVersion}\nkind: ${kind}\n${IN_SHOP}\nspec: ${spec}\n`;
    expect(judged(text).filter((message) => message.startsWith("fault"))).toEqual([]);
  });

  test("in roles, bindings, ConfigMaps and lists too", () => {
    const rbac = "apiVersion: rbac.authorization.k8s.io/v1\n";
    const role = `${rbac}kind: Role\n${IN_SHOP}\nrules: [{verbs: null, resources: [pods]}, null]\n`;
    const binding = `${rbac}kind: RoleBinding\n${IN_SHOP}\nroleRef: null\nsubjects: \n`;
    const config = `apiVersion: v1\nkind: ConfigMap\n${IN_SHOP}\ndata: {rules.yml: "groups:\\n- name: a\\n  rules: null"}\n`;
    const text = [role, binding, config, "apiVersion: v1\nkind: List\nitems: null\n"].join("---\n");
    expect(judged(text).filter((message) => message.startsWith("fault"))).toEqual([]);
  });
});

describe("what kubectl would send is what is judged", () => {
  const PRIVILEGED = "no-privileged-container: spec.containers[0].securityContext.privileged is set";
  test.each([
    ["a merge key", "{<<: *p}"],
    ["a merge key after the key", "{privileged: false, <<: *p}"],
    ["a list of merge keys", "{<<: [*p, {privileged: false}]}"],
    ["yes", "{privileged: yes}"],
    ["On", "{privileged: On}"],
    ["an alias", "*p"],
  ])("privileged by %s", (_what, context) => expect(judged(pod(context))).toContain(PRIVILEGED));

  test.each([
    ["a key after the merge key", "{<<: *p, privileged: false}"],
    ["no", "{privileged: no}"],
    ["null", "{privileged: null}"],
  ])("not privileged by %s", (_what, context) => expect(judged(pod(context))).not.toContain(PRIVILEGED));

  test("numbers are octal where they begin with 0", () => {
    const id = (user: string) => judged(pod(`{runAsUser: ${user}, runAsGroup: 20000}`)).join("\n");
    expect(id("020000")).toContain("high-user-id: spec.containers[0] has no effective runAsUser above 10000");
    expect(id("20000")).not.toContain("runAsUser above");
  });

  test("no is false", () => {
    expect(judged(pod("{}", "  hostNetwork: no\n")).join("\n")).not.toContain("hostNetwork");
    expect(judged(pod("{}", "  hostNetwork: y\n")).join("\n")).toContain("hostNetwork shares the node's");
  });

  test("a word in quotes is no boolean, and the API refuses it", () => {
    expect(judged(pod('{privileged: "yes"}'))).toContain(
      "api-takes-fields: spec.containers[0].securityContext.privileged is not true or false",
    );
  });
});

test("the pods of an Argo Rollout are judged, and its Service selects them", () => {
  const rollout =
    `apiVersion: argoproj.io/v1alpha1\nkind: Rollout\n${IN_SHOP}\nspec:\n  replicas: 2\n  template:\n` +
    "    metadata: {labels: {app: web}}\n    spec:\n      containers:\n" +
    '      - {name: web, image: "web:1", ports: [{containerPort: 80}], securityContext: {privileged: true}}\n';
  const service = `apiVersion: v1\nkind: Service\n${IN_SHOP}\nspec: {selector: {app: web}, ports: [{port: 80}]}\n`;
  const found = judged(`${rollout}---\n${service}`);
  expect(found).toContain(
    "no-privileged-container: spec.template.spec.containers[0].securityContext.privileged is set",
  );
  expect(found.join("\n")).not.toContain("service-reaches-pods");
});
