import { expect, test } from "vitest";
import { registeredBy, type RegisteredResource } from "../../graph/registered";
import { rolled } from "../../test/support/cascade";
import { selectorLabels } from "../common/labels";
import type { LoadBalancerArgs } from "./args";
import { LoadBalancer } from "./load-balancer";

const endpoint = { namespace: "shop", labels: selectorLabels("web", "web"), ports: [8000] };
const prometheus = { namespace: "shop", labels: selectorLabels("prometheus", "monitoring") };

const declared = (args: Partial<LoadBalancerArgs> = {}) =>
  registeredBy(() => new LoadBalancer("lb", { namespace: "shop", backend: web, ...args }));
const one = (graph: RegisteredResource[], kind: string, name = "lb") => {
  const found = graph.find((resource) => resource.type.endsWith(`:${kind}`) && resource.name === name);
  if (!found) throw new Error(`no ${kind} ${name}`);
  return found.props;
};

test("servers are found by the name of the Service it was given", async () => {
  const config = one(await declared(), "ConfigMap", "lb-config").data["haproxy.cfg"];
  expect(config).toContain(" _http._tcp.web-headless.shop.svc.cluster.local ");
});

const rpc = { namespace: "rpc", labels: selectorLabels("rpc", "web"), ports: [9000] };
const web = { endpoint, service: "web-headless" };
const orders = { endpoint: rpc, service: "rpc-headless", portName: "grpc", protocol: "grpc" as const };

test("several services: each is looked for in its own namespace, may be called, and has sets and answers of its own", async () => {
  let balancer: LoadBalancer | undefined;
  const routes = [{ backend: web }, { path: "/shop.Orders", backend: orders }];
  const graph = await registeredBy(() => {
    balancer = new LoadBalancer("lb", { namespace: "shop", routes });
  });
  const config = one(graph, "ConfigMap", "lb-config").data["haproxy.cfg"];
  expect(config).toContain(" _http._tcp.web-headless.shop.svc.cluster.local ");
  expect(config).toContain(" _grpc._tcp.rpc-headless.rpc.svc.cluster.local ");
  expect(config.match(/^backend .*$/gm)).toEqual([
    "backend servers-web",
    "backend reserve-web",
    "backend servers-rpc",
    "backend reserve-rpc",
  ]);
  const called = one(graph, "NetworkPolicy").spec.egress.flatMap(({ ports }: any) =>
    ports.map(({ port }: any) => port),
  );
  expect(called).toEqual(expect.arrayContaining([8000, 9000]));
  expect(Object.keys(balancer!.serviceAnswers)).toEqual(["web", "rpc"]);
  expect(balancer!.serviceAnswers["rpc"]!.bad).toBe(
    'haproxy_backend_http_responses_total{job="lb",proxy=~"servers-rpc|reserve-rpc",code="5xx"}',
  );
});

test("neither one service nor several, or both, is refused", async () => {
  await expect(declared({ backend: undefined })).rejects.toThrow("neither backend nor routes");
  await expect(declared({ routes: [{ backend: web }] })).rejects.toThrow("backend and routes are both set");
});

test("with TLS there is a second way in, and the pod's agent has the Secrets and no token", async () => {
  const tls = { certificates: [{ secretName: "shop-tls" }], nodePort: 31443 };
  const graph = await declared({ tls, scrapedBy: [prometheus] });
  const ports = one(graph, "Service").spec.ports.map(({ port, nodePort }: any) => [port, nodePort]);
  expect(ports).toEqual([
    [80, 30080],
    [443, 31443],
  ]);
  const [clients, metrics] = one(graph, "NetworkPolicy").spec.ingress;
  expect(clients.ports.map(({ port }: any) => port)).toEqual([8080, 8443]);
  expect(metrics.ports.map(({ port }: any) => port)).toEqual([8405, 8406]);
  const pod = one(graph, "DaemonSet").spec.template.spec;
  expect(pod.volumes.find(({ name }: any) => name === "certificate-0").secret).toMatchObject({
    secretName: "shop-tls",
    optional: true,
  });
  const [agent] = pod.initContainers;
  expect(agent.restartPolicy).toBe("Always");
  expect(JSON.parse(agent.env.find(({ name }: any) => name === "CERTIFICATES").value)).toEqual([
    { name: "shop-tls", folder: "/run/secrets/certificates/0", hosts: [] },
  ]);
  expect(pod.containers[0].resources.limits.memory).toBe("384Mi");
  expect(pod.automountServiceAccountToken).toBe(false);
  expect(Object.keys(one(graph, "ConfigMap", "lb-config").data)).toContain("__main__.py");
});

test("who gets a certificate may change one Secret, call the API and the ACME server, and nothing else", async () => {
  const tls = { acme: { hosts: ["shop.example.com"], directory: "https://ca.example.com:14000/dir" } };
  const graph = await declared({ tls });
  expect(one(graph, "Secret", "lb-certificate").data).toBeUndefined();
  expect(one(graph, "Role", "lb-issuer").rules).toEqual([
    { apiGroups: [""], resources: ["secrets"], resourceNames: ["lb-certificate"], verbs: ["get", "patch"] },
  ]);
  const { metadata, spec } = one(graph, "NetworkPolicy", "lb-issuer");
  expect(metadata.annotations["holdfast.dev/outside"]).toContain('"host":"ca.example.com","port":14000');
  expect(spec.ingress).toEqual([]);
  expect(one(graph, "Deployment", "lb-issuer").spec).toMatchObject({ replicas: 1, strategy: { type: "Recreate" } });
  const config = one(graph, "ConfigMap", "lb-config").data["haproxy.cfg"];
  expect(config).toContain("acme-challenge");
  expect(config).not.toContain("return status 503 if { path /readyz } !");
});

test("one pod on each entry node, the new one before the old one goes", async () => {
  const { spec } = one(await declared({ entryLabels: { "example.com/door": "1" } }), "DaemonSet");
  expect(spec.template.spec.nodeSelector).toEqual({ "example.com/door": "1" });
  expect(spec.updateStrategy.rollingUpdate).toEqual({ maxSurge: 1, maxUnavailable: 0 });
});

test("traffic is not sent on from one node to another, and anyone may come in by the clients' port only", async () => {
  const graph = await declared({ scrapedBy: [prometheus] });
  expect(one(graph, "Service").spec).toMatchObject({
    type: "NodePort",
    externalTrafficPolicy: "Local",
    ports: [{ nodePort: 30080 }],
  });
  const [clients, metrics] = one(graph, "NetworkPolicy").spec.ingress;
  expect(clients).toEqual({ ports: [{ protocol: "TCP", port: 8080 }] });
  expect(metrics.from).toHaveLength(1);
});

test("another algorithm rolls the pods", async () => {
  expect(rolled(await declared({ algorithm: "leastconn" }), await declared({ algorithm: "roundrobin" }))).toEqual([
    "lb",
  ]);
});

test("it is stopped gently, and killed only after its drain", async () => {
  const pod = one(await declared(), "DaemonSet").spec.template.spec;
  const [, , script] = pod.containers[0].lifecycle.preStop.exec.command;
  const waits = [...script.matchAll(/sleep (\d+)/g)].reduce((sum, [, seconds]) => sum + Number(seconds), 0);
  expect(script).toContain("kill -USR1 1");
  expect(pod.terminationGracePeriodSeconds).toBeGreaterThan(waits);
});
