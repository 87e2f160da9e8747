import { expect, test } from "vitest";
import { registeredBy, type RegisteredResource } from "../../graph/registered";
import { rolled } from "../../test/support/cascade";
import { selectorLabels } from "../common/labels";
import type { WebServiceArgs } from "./args";
import { migrationSettings } from "./pods/migration";
import { WebService } from "./web-service";

const database = { namespace: "shop", labels: selectorLabels("database", "database"), ports: [5432] };
const balancer = { namespace: "shop", labels: selectorLabels("lb", "load-balancer") };
const migration = {
  command: ["migrate"],
  uses: [database],
  secretMounts: [{ name: "owner", secretName: "database-owner", mountPath: "/run/secrets/owner" }],
};

const declared = (args: Partial<WebServiceArgs> = {}) =>
  registeredBy(() => new WebService("web", { namespace: "shop", image: "web@sha256:1", ...args }));
const one = (graph: RegisteredResource[], kind: string, name = "web") => {
  const found = graph.find((resource) => resource.type.endsWith(`:${kind}`) && resource.name === name);
  if (!found) throw new Error(`no ${kind} ${name}`);
  return found.props;
};
const podOf = (props: any) => props.spec.template.spec;

test("an autoscaled Deployment states no replicas, a fixed one does and has no autoscaler", async () => {
  const scaled = await declared();
  expect(one(scaled, "Deployment").spec).not.toHaveProperty("replicas");
  expect(one(scaled, "HorizontalPodAutoscaler").spec).toMatchObject({ minReplicas: 3, maxReplicas: 10 });
  const fixed = await declared({ replicas: 2 });
  expect(one(fixed, "Deployment").spec.replicas).toBe(2);
  expect(fixed.some(({ type }) => type.endsWith("HorizontalPodAutoscaler"))).toBe(false);
});

test("a rolling update never has fewer pods than before, and new pods spread among themselves", async () => {
  const { spec } = one(await declared(), "Deployment");
  expect(spec.strategy.rollingUpdate).toEqual({ maxUnavailable: 0, maxSurge: 1 });
  const [byNode, byZone] = spec.template.spec.topologySpreadConstraints;
  expect(byNode).toMatchObject({
    topologyKey: "kubernetes.io/hostname",
    whenUnsatisfiable: "DoNotSchedule",
    matchLabelKeys: ["pod-template-hash"],
    nodeTaintsPolicy: "Honor",
  });
  expect(byZone).toMatchObject({
    topologyKey: "topology.kubernetes.io/zone",
    whenUnsatisfiable: "ScheduleAnyway",
    matchLabelKeys: ["pod-template-hash"],
  });
});

test("a pod is killed only after its preStop wait and its drain", async () => {
  const pod = podOf(one(await declared({ drainSeconds: 40 }), "Deployment"));
  expect(pod.terminationGracePeriodSeconds).toBeGreaterThan(40 + pod.containers[0].lifecycle.preStop.sleep.seconds);
});

test("a pod that is not ready may be evicted, one of the ready ones at a time", async () => {
  expect(one(await declared(), "PodDisruptionBudget").spec).toMatchObject({
    maxUnavailable: 1,
    unhealthyPodEvictionPolicy: "AlwaysAllow",
  });
});

test("changed settings roll the pods, the same settings don't", async () => {
  const before = await declared({ config: { A: "1" } });
  expect(rolled(before, await declared({ config: { A: "1" } }))).toEqual([]);
  expect(rolled(before, await declared({ config: { A: "2" } }))).toEqual(["web"]);
});

test("the migration has pods of its own, with other labels and another password than a web pod", async () => {
  const graph = await declared({ migration });
  const labels = one(graph, "Job", "web-migrate").spec.template.metadata.labels;
  for (const kind of ["Service", "PodDisruptionBudget", "Deployment"]) {
    const { selector } = one(graph, kind).spec;
    const wanted = selector.matchLabels ?? selector;
    expect(
      Object.entries(wanted).every(([key, value]) => labels[key] === value),
      kind,
    ).toBe(false);
  }
  expect(JSON.stringify(one(graph, "Deployment"))).not.toContain("database-owner");
  expect(podOf(one(graph, "Job", "web-migrate")).volumes).toContainEqual({
    name: "owner",
    secret: { secretName: "database-owner", defaultMode: 0o440 },
  });
});

test("a migration that says what it reads is given that, and another setting does not run it again", async () => {
  const config = { DATABASE: "db:5432", GREETING: "hello" };
  const job = async (args: Partial<WebServiceArgs>) => {
    const graph = await declared(args);
    const job = one(graph, "Job", "web-migrate");
    const { name } = podOf(job).containers[0].envFrom[0].configMapRef;
    const { data } = graph.find(({ props }) => props.metadata?.name === name)!.props;
    return { given: data, said: JSON.stringify([job, data]) };
  };
  const reads = { ...migration, reads: ["DATABASE"] };
  const first = await job({ config, migration: reads });
  expect(first.given).toEqual({ DATABASE: "db:5432" });
  expect((await job({ config: { ...config, GREETING: "hi" }, migration: reads })).said).toBe(first.said);
  expect((await job({ config: { ...config, DATABASE: "other:5432" }, migration: reads })).said).not.toBe(first.said);
  expect((await job({ config, migration })).given).toEqual(config);
});

test("a migration that reads what the service is not given is refused by name", () => {
  const args = { config: { A: "1" }, migration: { ...migration, reads: ["B"] } };
  expect(() => migrationSettings("web", args)).toThrow(
    "WebService web: migration.reads names B, which is no setting of config; there are A.",
  );
});

test("the policy has exactly the edges of the wiring, and the migration's own", async () => {
  const graph = await declared({ clients: [balancer], uses: [database], migration });
  const { ingress, egress } = one(graph, "NetworkPolicy").spec;
  expect(ingress).toEqual([
    {
      from: [
        {
          namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "shop" } },
          podSelector: { matchLabels: balancer.labels },
        },
      ],
      ports: [{ protocol: "TCP", port: 8000 }],
    },
  ]);
  expect(egress.map(({ ports }: any) => ports.map(({ port }: any) => port))).toEqual([[5432], [53, 53]]);
  expect(one(graph, "NetworkPolicy", "web-migrate").spec.ingress).toEqual([]);
});

test("balancers find ready pods by SRV records: a headless Service with a named port", async () => {
  const { spec } = one(await declared(), "Service", "web-headless");
  expect(spec).toMatchObject({ clusterIP: "None", ports: [{ name: "http", port: 8000 }] });
  expect(spec.publishNotReadyAddresses ?? false).toBe(false);
});

test("a gRPC service is probed by gRPC, proxied as HTTP/2, and scraped on a port of its own", async () => {
  const graph = await declared({
    protocol: "grpc",
    port: 9000,
    metricsPort: 9100,
    clients: [balancer],
    scrapedBy: [database],
  });
  const [container] = podOf(one(graph, "Deployment")).containers;
  expect(container.readinessProbe).toMatchObject({ grpc: { port: 9000 } });
  expect(container.ports.map(({ containerPort }: any) => containerPort)).toEqual([9000, 9100]);
  expect(one(graph, "Service").spec.ports[0].appProtocol).toBe("kubernetes.io/h2c");
  expect(one(graph, "NetworkPolicy").spec.ingress.map(({ ports }: any) => ports[0].port)).toEqual([9000, 9100]);
});

test("a transform has the last word on a child", async () => {
  const graph = await declared({ transform: { deployment: (args) => ({ ...args, metadata: { name: "renamed" } }) } });
  expect(one(graph, "Deployment").metadata.name).toBe("renamed");
});

test("probes and the balancer's check carry the same Host and headers", async () => {
  const said = async (probeHeaders?: Record<string, string>) => {
    let backend: WebService["backend"] | undefined;
    const args = { namespace: "shop", image: "web", readyPath: "/up", probeHeaders };
    const graph = await registeredBy(() => {
      ({ backend } = new WebService("web", args));
    });
    const [container] = podOf(one(graph, "Deployment")).containers;
    const probes = ["startupProbe", "readinessProbe", "livenessProbe"].map(
      (probe) => container[probe].httpGet.httpHeaders,
    );
    return { probes, check: backend!.checkHeaders, path: backend!.checkPath };
  };
  expect(await said()).toEqual({
    probes: Array(3).fill([{ name: "Host", value: "web" }]),
    check: { Host: "web" },
    path: "/up",
  });
  const stated = { host: "shop.example", "X-Forwarded-Proto": "https" };
  const probe = [
    { name: "host", value: "shop.example" },
    { name: "X-Forwarded-Proto", value: "https" },
  ];
  expect(await said(stated)).toEqual({ probes: Array(3).fill(probe), check: stated, path: "/up" });
});

test("a balancer that has nobody else finds every pod, ready or not, by a Service of its own", async () => {
  const { spec } = one(await declared(), "Service", "web-every");
  expect(spec).toMatchObject({
    clusterIP: "None",
    publishNotReadyAddresses: true,
    ports: [{ name: "http", port: 8000 }],
  });
});

test("a program without metrics is not scraped, has no door for it, and no panel that stays empty", async () => {
  let web: WebService | undefined;
  const args = { namespace: "shop", image: "web", metrics: false, clients: [balancer], scrapedBy: [database] };
  const graph = await registeredBy(() => {
    web = new WebService("web", args);
  });
  expect(web!.observability.scrape).toEqual([]);
  expect(one(graph, "NetworkPolicy").spec.ingress).toHaveLength(1);
  const { panels } = web!.observability.dashboard as { panels: { targets?: { expr: string }[] }[] };
  const queries = panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));
  expect(queries.length).toBeGreaterThan(3);
  expect(queries.filter((expr) => !/\b(kube|container)_/.test(expr))).toEqual([]);
});

test("secrets in the environment come by name from a Secret", async () => {
  const secretEnv = {
    SECRET_KEY: { secretName: "mine", key: "key" },
    DATABASE_URL: { secretName: "app-1", key: "password" },
  };
  const owner = { DATABASE_URL: { secretName: "owner-1", key: "pass" } };
  const graph = await declared({ secretEnv, pullSecrets: ["registry"], migration: { ...migration, secretEnv: owner } });
  const web = one(graph, "Deployment").spec.template;
  expect(JSON.parse(web.metadata.annotations["holdfast.dev/secret-env"])).toEqual(["SECRET_KEY", "DATABASE_URL"]);
  const fromSecret = (name: string, secret: string, key: string) => ({
    name,
    valueFrom: { secretKeyRef: { name: secret, key } },
  });
  expect(web.spec.containers[0].env).toEqual([
    fromSecret("SECRET_KEY", "mine", "key"),
    fromSecret("DATABASE_URL", "app-1", "password"),
  ]);
  const migrate = one(graph, "Job", "web-migrate").spec.template;
  expect(migrate.spec.containers[0].env).toEqual([
    fromSecret("SECRET_KEY", "mine", "key"),
    fromSecret("DATABASE_URL", "owner-1", "pass"),
  ]);
  for (const { spec } of [web, migrate]) expect(spec.imagePullSecrets).toEqual([{ name: "registry" }]);
});

test("without secrets in the environment its pods are as they were", async () => {
  const { metadata, spec } = one(await declared(), "Deployment").spec.template;
  expect(metadata).not.toHaveProperty("annotations");
  expect(spec.containers[0]).not.toHaveProperty("env");
  expect(spec).not.toHaveProperty("imagePullSecrets");
});
