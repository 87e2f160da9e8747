import * as k8s from "@pulumi/kubernetes";
import { beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import {
  LoadBalancer,
  loadBalancerLabels,
  Monitoring,
  Postgres,
  PROMETHEUS_LABELS,
  Redis,
  WebService,
  webServiceLabels,
} from "../components";
import { registeredBy, type RegisteredResource } from "../graph/registered";
import { kindOf, workloads } from "../graph/workloads";
import { programGraph } from "../stack-graph";

/** A user's program with every component and a plain provider. Both stacks use the same names. */
function strangers(namespace: string, watched: string[]): Promise<RegisteredResource[]> {
  return registeredBy(() => {
    const opts = { provider: new k8s.Provider("mine", { context: "mine" }) };
    const image = `example.com/app@sha256:${"a".repeat(64)}`;
    const prometheus = { namespace, labels: PROMETHEUS_LABELS };
    const entry = { namespace, labels: loadBalancerLabels("entry") };
    const clients = [{ namespace, labels: webServiceLabels("web") }];
    const postgres = new Postgres(
      "postgres",
      { namespace, image, database: "shop", storage: { size: "1Gi" }, clients, scrapedBy: [prometheus] },
      opts,
    );
    const redis = new Redis("redis", { namespace, clients, scrapedBy: [prometheus] }, opts);
    const uses = [...postgres.endpoints, ...redis.endpoints];
    const web = new WebService(
      "web",
      { namespace, image, port: 8000, clients: [entry], scrapedBy: [prometheus], uses },
      opts,
    );
    const balancer = new LoadBalancer(
      "entry",
      { namespace, backend: { endpoint: web.endpoint, service: web.discoveryService }, scrapedBy: [prometheus] },
      opts,
    );
    new Monitoring(
      "monitoring",
      { namespace, watched, observe: [balancer, web, postgres, redis].map(({ observability }) => observability) },
      opts,
    );
  }, namespace);
}

const kubernetes = (graph: RegisteredResource[]) => graph.filter(({ type }) => type.startsWith("kubernetes:"));

/** Kind, namespace and name: what identifies an object for the API server. */
const identity = (one: RegisteredResource) =>
  [kindOf(one), one.props.metadata.namespace ?? "", one.props.metadata.name].join(" ");

/** All values, at any depth, of properties with this name. */
function found(value: unknown, name: string): any[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => [...(key === name ? [inner] : []), ...found(inner, name)]);
}

const pairs: [string, (namespace: string, other: string) => Promise<RegisteredResource[]>][] = [
  ...(["dev", "prod"] as const).map((environment): (typeof pairs)[number] => [
    `the stack, ${environment}`,
    (namespace) => programGraph(environment, { namespace }),
  ]),
  ["components in somebody's program", (namespace) => strangers(namespace, [namespace])],
  ["components that are watched from both", (namespace, other) => strangers(namespace, [namespace, other])],
];

describe.each(pairs)("two in one cluster: %s", (what, declare) => {
  let one: RegisteredResource[];
  let other: RegisteredResource[];
  beforeAll(async () => {
    one = kubernetes(await declare("first", "second"));
    other = kubernetes(await declare("second", "first"));
  });

  test("no object is both's", () => {
    const others = new Set(other.map(identity));
    expect(one.length).toBeGreaterThan(30);
    expect(one.map(identity).filter((name) => others.has(name))).toEqual([]);
  });

  test("what belongs to no namespace is called after the stack's", () => {
    const global = one.filter(({ props }) => props.metadata.namespace === undefined);
    expect(global.length).toBeGreaterThan(3);
    for (const { props, urn } of global) expect(props.metadata.name, urn).toMatch(/\bfirst\b/);
  });

  test("every object names the stack that it belongs to", () => {
    const owners = new Set([...one, ...other].map(({ props }) => props.metadata.annotations?.["holdfast.dev/owner"]));
    expect([...owners]).not.toContain(undefined);
    // Two stacks of this repository's program have the same name, so their owner is the same.
    expect(owners.size).toBe(what.startsWith("the stack") ? 1 : 2);
  });

  test("nothing of a node is taken but the balancer's port, which a key or an argument sets", () => {
    for (const { template, name } of workloads(one)) {
      expect(found(template, "hostPort"), name).toEqual([]);
      expect(found(template, "hostNetwork"), name).toEqual([]);
    }
    expect(one.filter(({ props }) => found(props, "nodePort").length > 0).map(kindOf)).toEqual(["Service"]);
  });

  test("policies and budgets reach no pod of the other", () => {
    const reached = one
      .filter((resource) => kindOf(resource) === "NetworkPolicy")
      .flatMap(({ props }) =>
        found(props.spec, "namespaceSelector").map(({ matchLabels }) => matchLabels["kubernetes.io/metadata.name"]),
      );
    expect([...new Set(reached)].sort()).toEqual(["first", "first-node", "kube-system"]);
    // Pods are spread, and kept apart, within their namespace as long as no other one is named.
    for (const { template } of workloads(one))
      expect(found(template, "namespaceSelector").concat(found(template, "namespaces"))).toEqual([]);
  });

  test("Prometheus and kube-state-metrics look at their own namespaces", () => {
    const config = one.find((resource) => kindOf(resource) === "ConfigMap" && resource.name === "prometheus-config");
    const { scrape_configs } = parse(config!.props.data["prometheus.yml"]);
    const own = what.endsWith("both") ? ["first", "second", "first-node"] : ["first", "first-node"];
    for (const { names } of found(scrape_configs, "namespaces")) expect(names).toEqual(own);
    const usage = scrape_configs.find(({ job_name }: any) => job_name === "kubelet-usage");
    expect(usage.metric_relabel_configs).toContainEqual({
      source_labels: ["namespace"],
      regex: own.join("|"),
      action: "keep",
    });
    const reporter = workloads(one).find(({ name }) => name === "kube-state-metrics");
    expect(reporter?.template.spec.containers[0].args).toContain(
      `--namespaces=${own.filter((name) => !name.endsWith("-node")).join(",")}`,
    );
  });
});
