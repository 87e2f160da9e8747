import { expect, test } from "vitest";
import { registeredBy, type RegisteredResource } from "../../graph/registered";
import { selectorLabels } from "../common/labels";
import type { RedisArgs } from "./args";
import { redisSettings } from "./completed";
import { AGENT_SOCKET } from "./names";
import { Redis } from "./redis";
import { HAND_OVER_SECONDS, serverMemoryMiB } from "./settings";

const web = { namespace: "shop", labels: selectorLabels("web", "web") };
const prometheus = { namespace: "watch", labels: selectorLabels("prometheus", "monitoring") };

const declared = (args: Partial<RedisArgs> = {}) =>
  registeredBy(() => new Redis("cache", { namespace: "shop", clients: [web], scrapedBy: [prometheus], ...args }));
const one = (graph: RegisteredResource[], kind: string, name: string) => {
  const found = graph.find((resource) => resource.type.endsWith(`:${kind}`) && resource.name === name);
  if (!found) throw new Error(`no ${kind} ${name}`);
  return found.props;
};
const environment = (container: any) => Object.fromEntries(container.env.map(({ name, value }: any) => [name, value]));

test("every member has an address of its own, which carries it before it is ready", async () => {
  const graph = await declared();
  const services = ["cache-0", "cache-1", "cache-2", "cache-sentinel-0", "cache-sentinel-1", "cache-sentinel-2"];
  for (const name of services) {
    const { spec, metadata } = one(graph, "Service", name);
    expect(spec).toMatchObject({
      publishNotReadyAddresses: true,
      selector: { "statefulset.kubernetes.io/pod-name": name },
    });
    expect(metadata.annotations).toMatchObject({ "pulumi.com/skipAwait": "true" });
  }
  const [server] = one(graph, "StatefulSet", "cache").spec.template.spec.initContainers;
  const [sentinel] = one(graph, "StatefulSet", "cache-sentinel").spec.template.spec.initContainers;
  expect(environment(server)["REDIS_HOSTS"]).toMatch(/^10\.96\.0\.\d+ 10\.96\.0\.\d+ 10\.96\.0\.\d+$/);
  expect(environment(sentinel)).toMatchObject({
    REDIS_HOSTS: environment(server)["REDIS_HOSTS"],
    SENTINEL_HOSTS: environment(server)["SENTINEL_HOSTS"],
  });
});

test("a fourth server is a fourth address", async () => {
  const [agent] = one(await declared({ replicas: 4 }), "StatefulSet", "cache").spec.template.spec.initContainers;
  expect(environment(agent)["REDIS_HOSTS"].split(" ")).toHaveLength(4);
});

test("maxmemory leaves room below the container's limit, which is requested in full", async () => {
  for (const maxmemory of [16, 96, 4096]) {
    const graph = await declared({ maxmemory });
    const { resources } = one(graph, "StatefulSet", "cache").spec.template.spec.containers[0];
    expect(resources.requests.memory).toBe(resources.limits.memory);
    expect(resources.limits.memory).toBe(`${serverMemoryMiB(maxmemory)}Mi`);
    // The data and a child's copy of it under writes, the backlog, what a copying replica is behind, and the server.
    expect(serverMemoryMiB(maxmemory)).toBe(2 * maxmemory + 16 + 128 + 48);
    expect(one(graph, "ConfigMap", "cache-config").data["redis.conf"]).toContain(`maxmemory ${maxmemory}mb\n`);
  }
});

test("a pod is killed only after its hand-over and its stop", async () => {
  const { spec } = one(await declared(), "StatefulSet", "cache").spec.template;
  expect(spec.terminationGracePeriodSeconds).toBeGreaterThan(HAND_OVER_SECONDS + 10);
  expect(spec.containers[0].lifecycle.preStop.exec.command).toEqual(["valkey-cli", "-s", AGENT_SOCKET, "HAND-OVER"]);
  // A sidecar ends after the containers it stands beside: it is there for the hand-over.
  expect(spec.initContainers[0]).toMatchObject({ name: "agent", restartPolicy: "Always" });
});

test("passwords are secrets in Secrets; no environment and no argument carries one", async () => {
  const graph = await declared();
  const passwords = graph
    .filter(({ type }) => type.endsWith("RandomPassword"))
    .map(({ name }) => `mock-password-of-${name}`);
  expect(passwords).toHaveLength(4);
  for (const resource of graph) {
    const text = JSON.stringify(resource.props);
    const carries = passwords.some((password) => text.includes(password));
    expect(carries, resource.name).toBe(resource.type.endsWith(":Secret"));
    if (carries)
      expect(
        resource.secrets.every((path) => path.startsWith("stringData")),
        resource.name,
      ).toBe(true);
  }
});

test("clients of a generation are let in by the servers of it, of the one before and of the one after", async () => {
  const generations: { held: string; accepted: unknown[] }[] = [];
  for (const passwordGeneration of [1, 2, 3, 4]) {
    const graph = await declared({ passwordGeneration });
    const secret = passwordGeneration === 1 ? "cache-auth" : `cache-auth-${passwordGeneration}`;
    const {
      "operator-password": _,
      "exporter-password": __,
      ...accepted
    } = one(graph, "Secret", "cache-accounts").stringData;
    generations.push({ held: one(graph, "Secret", secret).stringData.password, accepted: Object.values(accepted) });
  }
  for (const [client, { held }] of generations.entries()) {
    for (const [server, { accepted }] of generations.entries()) {
      expect(accepted.includes(held), `client of ${client + 1}, server of ${server + 1}`).toBe(
        Math.abs(client - server) <= 1,
      );
    }
  }
});

test(
  "each generation's Secret is a resource of its own, so that none is ever changed or replaced, and stays for one " +
    "more",
  async () => {
    const auth = async (passwordGeneration: number) =>
      (await declared({ passwordGeneration }))
        .filter(({ type, name }) => type.endsWith(":Secret") && name.startsWith("cache-auth"))
        .map(({ name, props }) => [name, props.metadata.name]);
    expect(await auth(1)).toEqual([["cache-auth", "cache-auth"]]);
    expect(await auth(2)).toEqual([
      ["cache-auth", "cache-auth"],
      ["cache-auth-2", "cache-auth-2"],
    ]);
    expect(await auth(7)).toEqual([
      ["cache-auth-6", "cache-auth-6"],
      ["cache-auth-7", "cache-auth-7"],
    ]);
  },
);

test("a rotation changes no pod: the servers follow the mounted Secret", async () => {
  const template = async (passwordGeneration: number) =>
    JSON.stringify(one(await declared({ passwordGeneration }), "StatefulSet", "cache").spec.template);
  expect(await template(1)).toBe(await template(2));
});

test("clients reach servers and Sentinels, members each other, nobody a name server", async () => {
  const graph = await declared();
  for (const [workload, port] of [
    ["cache", 6379],
    ["cache-sentinel", 26379],
  ] as const) {
    const { ingress, egress } = one(graph, "NetworkPolicy", workload).spec;
    const edges = ingress.map(({ from, ports }: any) => [
      from[0].podSelector.matchLabels["app.kubernetes.io/name"],
      ports[0].port,
    ]);
    expect(edges).toEqual([
      ["web", port],
      ["cache", port],
      ["cache-sentinel", port],
      ["prometheus", 9121],
    ]);
    const toApi = workload === "cache" ? [] : [443, 6443];
    expect(egress.flatMap(({ ports }: any) => ports.map((one: any) => one.port))).toEqual([6379, 26379, ...toApi]);
  }
});

test("a pure cache has no volume for its data; the Sentinels keep theirs", async () => {
  const graph = await declared({ persistence: "none" });
  const { spec } = one(graph, "StatefulSet", "cache");
  expect(spec.volumeClaimTemplates).toBeUndefined();
  expect(spec.template.spec.volumes.find(({ name }: any) => name === "data")).toHaveProperty("emptyDir");
  expect(one(graph, "ConfigMap", "cache-config").data["redis.conf"]).toContain("appendonly no\n");
  expect(one(graph, "StatefulSet", "cache-sentinel").spec.volumeClaimTemplates).toHaveLength(1);
});

test("the Service at the primary has no selector; only the pointers may write its slice, and only they have a token", async () => {
  const graph = await declared();
  expect(one(graph, "Service", "cache").spec).not.toHaveProperty("selector");
  const { volumes, containers, initContainers, automountServiceAccountToken } = one(
    graph,
    "StatefulSet",
    "cache-sentinel",
  ).spec.template.spec;
  const token = volumes.find(({ projected }: any) => projected).name;
  expect(automountServiceAccountToken).toBe(false);
  expect(
    [...initContainers, ...containers]
      .filter(({ volumeMounts = [] }: any) => volumeMounts.some(({ name }: any) => name === token))
      .map(({ name }: any) => name),
  ).toEqual(["agent"]);
  const others = one(graph, "StatefulSet", "cache").spec.template.spec.volumes;
  expect(others.filter(({ projected }: any) => projected)).toEqual([]);
  const rights = one(graph, "Role", "cache-pointer").rules.map(
    ({ resources, verbs, resourceNames = [] }: any) => `${verbs} ${resources} ${resourceNames}`,
  );
  expect(rights).toEqual([
    "get pods cache-0,cache-1,cache-2",
    "get services cache",
    "patch endpointslices cache-primary",
    "create endpointslices ",
  ]);
});

test("who decides is asked at each start, and changes nothing that is kept", async () => {
  const graph = await declared();
  for (const name of ["cache", "cache-sentinel"]) {
    const { initContainers, containers } = one(graph, "StatefulSet", name).spec.template.spec;
    expect(containers[0].command.join(" ")).toMatch(/^sh -c until .* START .*; do sleep 0\.1; done; .*exec valkey-/);
    const [agent] = initContainers;
    expect(agent.volumeMounts.find(({ name: volume }: any) => volume === "data")).toMatchObject({ readOnly: true });
    // A pod is ready when its server is, and alive whatever its agent does.
    expect(agent.readinessProbe.httpGet.path).toBe("/ready");
    expect(containers[0].livenessProbe.exec.command).toContain("PING");
  }
});

test("a transform has the last word", async () => {
  const graph = await declared({
    transform: { server: (args) => ({ ...args, metadata: { ...args.metadata, annotations: { mine: "yes" } } }) },
  });
  expect(one(graph, "StatefulSet", "cache").metadata.annotations).toMatchObject({ mine: "yes" });
});

test.each([
  [{ replicas: 2 }, "replicas is 2"],
  [{ maxmemory: 1.5 }, "maxmemory is 1.5"],
  [{ passwordGeneration: 0 }, "passwordGeneration is 0"],
])("%o is refused in a sentence", (args, message) => {
  expect(() => redisSettings({ namespace: "shop", clients: [], ...args })).toThrow(message);
});
