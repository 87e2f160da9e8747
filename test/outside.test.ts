import * as k8s from "@pulumi/kubernetes";
import { beforeAll, expect, test } from "vitest";
import {
  LoadBalancer,
  loadBalancerLabels,
  Monitoring,
  Postgres,
  PROMETHEUS_LABELS,
  Redis,
  WebService,
  webServiceLabels,
  type OutsideEdge,
} from "../components";
import { registeredBy } from "../graph/registered";
import { evaluate } from "../policy/engine/evaluate";
import type { Resource } from "../policy/graph/resource";
import { networkRules } from "../policy/rules/network";
import { wiringRules } from "../policy/rules/wiring";

/** Every component with every kind of edge to the outside, before our own policies. */

const namespace = "shop";
const outside: OutsideEdge[] = [
  { host: "api.pay.example", port: 443, why: "payments" },
  { cidr: "10.9.0.0/24", port: 1521, why: "the old warehouse" },
];
const objectStore = { bucket: "b", region: "r", endpoint: "minio.corp:9000", cidr: "10.9.1.0/24", secretName: "keys" };

/** Workloads whose policies name an edge. */
const OPEN = [
  "alertmanager",
  "load-balancer",
  "postgres",
  "postgres-backup-job",
  "prometheus",
  "redis",
  "web",
  "web-migrate",
];

let graph: Resource[];
beforeAll(async () => {
  graph = await registeredBy(() => {
    const provider = new k8s.Provider("cluster", {});
    const opts = { provider };
    const web = { namespace, labels: webServiceLabels("web") };
    const scrapedBy = [{ namespace, labels: PROMETHEUS_LABELS }];
    const common = { namespace, outside, scrapedBy };
    const image = "example.com/postgres:1";
    const postgres = new Postgres("postgres", { ...common, image, backup: { objectStore }, clients: [web] }, opts);
    const redis = new Redis("redis", { ...common, clients: [web] }, opts);
    const shop = new WebService(
      "web",
      {
        ...common,
        image: "example.com/web:1",
        clients: [{ namespace, labels: loadBalancerLabels("load-balancer") }],
        uses: [...postgres.endpoints, ...redis.endpoints],
        config: {
          DB: postgres.writeHosts,
          DB_READ: postgres.readHosts,
          SENTINELS: redis.sentinels,
          CACHE: redis.primaryHost,
        },
        migration: { command: ["migrate"], uses: [], outside },
      },
      opts,
    );
    const backend = { endpoint: shop.endpoint, service: shop.discoveryService };
    const balancer = new LoadBalancer("load-balancer", { ...common, backend }, opts);
    const observe = [balancer, shop, postgres, redis].map(({ observability }) => observability);
    new Monitoring("monitoring", { namespace, outside, observe, webhook: "https://hooks.example.com/key" }, opts);
  });
});

const RULES_OF_EDGES = ["no-open-edge", "pods-isolated", "policy-matches-pods", "edges-meet", "wiring-permitted"];
const rules = [...networkRules, ...wiringRules].filter(({ id }) => RULES_OF_EDGES.includes(id));
const said = (resources: Resource[]) =>
  evaluate(rules, resources, { environment: "prod" }).map(
    ({ rule, resource, message }) => `${rule.id} ${resource.name}: ${message}`,
  );
const policies = (resources: Resource[]): any[] => resources.filter(({ type }) => type.endsWith(":NetworkPolicy"));

test("named edges of every component are accepted, an object store's and a webhook's among them", () => {
  expect(said(graph)).toEqual([]);
  const naming = policies(graph).filter(({ props }) => props.metadata.annotations?.["holdfast.dev/outside"]);
  expect(naming.map(({ name }) => name).sort()).toEqual(OPEN);
});

test("the same edges without their names are refused, wherever a name stood for everybody", () => {
  const unnamed = structuredClone(graph);
  for (const { props } of policies(unnamed)) delete props.metadata.annotations;
  // An API token lets a pod call a port anywhere, and the backups' store is a range.
  expect(
    said(unnamed)
      .map((each) => each.split(":")[0])
      .sort(),
  ).toEqual(["alertmanager", "load-balancer", "redis", "web", "web-migrate"].map((name) => `no-open-edge ${name}`));
});

test("an edge to everybody is refused in spite of its name", () => {
  const everybody = structuredClone(graph);
  for (const { props } of policies(everybody))
    for (const { to } of props.spec.egress) for (const peer of to ?? []) delete peer.ipBlock?.except;
  const refused = new Set(said(everybody).map((each) => each.split(":")[0]!.split(" ")[1]));
  // The backups' store is a range, which stays as it is.
  expect([...refused].sort()).toEqual(OPEN.filter((name) => name !== "postgres-backup-job"));
});
