import type { V1Node } from "@kubernetes/client-node";
import { describe, expect, test } from "vitest";
import { parseSettings } from "../../config/parse";
import type { Settings } from "../../config/settings";
import type { Demand } from "../../graph/demand";
import { holdfastCluster, minikube, node, plainKind, systemPod } from "../../test/clusters/recorded";
import type { ClusterObjects } from "./cluster";
import { preflight, type Circumstances } from "./preflight";

const DEFAULTS = parseSettings({});
const HERE: Circumstances = { iKnow: false, nodesReachable: true, ours: ["online-shop", "online-shop-node"] };
const GIB = 2 ** 30;
/** About what the dev stack reserves, in three lines. */
const DEMANDS: Demand[] = [
  { workload: "postgres", pods: 3, most: 3, perNode: false, onePerNode: false, cpu: 0.26, memory: 0.37 * GIB },
  { workload: "web-app", pods: 4, most: 7, perNode: false, onePerNode: false, cpu: 0.2, memory: 0.25 * GIB },
  { workload: "the others", pods: 10, most: 10, perNode: false, onePerNode: false, cpu: 0.09, memory: 0.12 * GIB },
];
const look = (objects: ClusterObjects, settings: Settings = DEFAULTS, circumstances: Partial<Circumstances> = {}) =>
  preflight(objects, settings, DEMANDS, { ...HERE, ...circumstances });
const said = (sentences: string[]) => sentences.join("\n");

test("the cluster that Holdfast makes has everything", () => {
  const { kind, refusals, degraded, config } = look(holdfastCluster());
  expect({ kind, refusals, degraded }).toEqual({ kind: "kind", refusals: [], degraded: [] });
  expect(config).toMatchObject({ kubeContext: "kind-holdfast", nodes: "3", zones: "2", url: "http://127.0.0.1:8080" });
  expect(config).not.toHaveProperty("cpuRequestPercent");
  expect(config).not.toHaveProperty("loadBalancerEntryLabel");
});

describe("a plain kind cluster of one node", () => {
  test("is taken, and what degrades is said", () => {
    const { refusals, degraded, config } = look(plainKind());
    expect(refusals).toEqual([]);
    expect(config).toMatchObject({
      nodes: "1",
      zones: "1",
      loadBalancerEntryLabel: "kubernetes.io/os=linux",
      url: "http://172.18.0.2:30080",
    });
    for (const what of [
      "One node",
      "one zone",
      "autoscaler stays at its minimum",
      "every node gets a balancer",
      "publishes no port 30080",
    ])
      expect(said(degraded)).toContain(what);
    expect(said(degraded)).not.toContain("NetworkPolicy");
  });

  test("what its pods reserve is not offered to the stack", () => {
    expect(look(plainKind()).config["nodeCpu"]).toBe("3050m");
  });

  test("with two cores CPU is reserved in part only", () => {
    const { refusals, degraded, config } = look(plainKind(undefined, "2"));
    expect(refusals).toEqual([]);
    expect(config["cpuRequestPercent"]).toBe("25");
    expect(said(degraded)).toContain("1.1 cores free");
  });

  test("the stack's own pods take no room from it, so a second look finds the same", () => {
    const running = { ...systemPod("kind-control-plane", "x", "2"), metadata: { namespace: "online-shop" } };
    expect(look({ ...plainKind(), pods: [...plainKind().pods, running] }).config).toEqual(look(plainKind()).config);
  });

  test("where containers are in a machine of their own, the way in is a port-forward", () => {
    expect(said(look(plainKind(), DEFAULTS, { nodesReachable: false }).degraded)).toContain(
      "kubectl --context kind-kind -n online-shop port-forward service/load-balancer 8080:80",
    );
  });

  test("an older kindnet enforces no NetworkPolicy", () => {
    expect(said(look(plainKind("v20240202-8f1494ea")).degraded)).toContain("Nothing here enforces NetworkPolicy");
  });

  test("old nodes that read no certs.d are refused, unless images are named", () => {
    const old = { ...plainKind(), withoutCertsD: ["kind-control-plane"] };
    expect(look(old).refusals).toEqual([
      expect.stringMatching(
        /certs\.d.*make the cluster anew with kind 0\.27 or newer, or set webAppImage and postgresImage\.$/,
      ),
    ]);
    const images = parseSettings({ "holdfast:webAppImage": "web-app:1", "holdfast:postgresImage": "postgres:1" });
    expect(look(old, images).refusals).toEqual([]);
  });
});

describe("minikube", () => {
  test("one node is taken", () => {
    const { kind, refusals, degraded } = look(minikube(1));
    expect({ kind, refusals }).toEqual({ kind: "minikube", refusals: [] });
    expect(said(degraded)).toContain("minikube addons enable metrics-server");
  });

  test("several nodes with its own storage are refused: the databases could not write", () => {
    expect(look(minikube(3)).refusals).toEqual([expect.stringContaining("csi-hostpath-driver")]);
  });
});

describe("refused with one sentence that names the way out", () => {
  const eks = (): ClusterObjects => ({
    ...plainKind(),
    context: "production",
    nodes: [node("ip-10-0-0-1", { providerID: "aws:///eu-west-1a/i-1" })],
  });
  const images = parseSettings({ "holdfast:webAppImage": "web-app:1", "holdfast:postgresImage": "postgres:1" });
  const KIND = { providerID: "kind://docker/kind/one" };
  const withNode = (one: V1Node): ClusterObjects => ({
    ...plainKind(),
    nodes: plainKind().nodes.map((plain) => ({ ...plain, ...one })),
  });
  test.each<[string, ClusterObjects, Settings, Partial<Circumstances>, string]>([
    ["neither kind nor minikube", eks(), images, {}, "--i-know"],
    ["a context that only calls itself kind", { ...eks(), context: "kind-production" }, images, {}, "--i-know"],
    ["kind nodes behind another name", { ...plainKind(), context: "production" }, images, {}, "--i-know"],
    ["a registry that its nodes cannot reach", eks(), DEFAULTS, { iKnow: true }, "webAppImage and postgresImage"],
    ["no StorageClass", { ...plainKind(), storageClasses: [] }, DEFAULTS, {}, "install one"],
    [
      "no default StorageClass",
      { ...plainKind(), storageClasses: [{ metadata: { name: "fast" }, provisioner: "x" }] },
      DEFAULTS,
      {},
      "annotate storageclass fast",
    ],
    ["an old Kubernetes", withNode(node("old", { ...KIND, version: "v1.28.3" })), DEFAULTS, {}, "older than 1.30"],
    ["no node that takes pods", withNode({ spec: { ...KIND, unschedulable: true } }), DEFAULTS, {}, "get nodes"],
    ["too little memory", withNode(node("small", { ...KIND, memory: "2Gi" })), DEFAULTS, {}, "too small"],
  ])("%s", (_what, objects, settings, circumstances, fix) => {
    const { refusals } = look(objects, settings, circumstances);
    expect(refusals).toHaveLength(1);
    expect(refusals[0]).toContain(fix);
  });

  test("with --i-know and images that it can pull, another cluster is taken, and its url left alone", () => {
    const { kind, refusals, config } = look(eks(), images, { iKnow: true });
    expect({ kind, refusals }).toEqual({ kind: "other", refusals: [] });
    expect(config).not.toHaveProperty("url");
  });
});

test("two nodes hold three members, and say so", () => {
  const two = {
    ...plainKind(),
    nodes: ["a", "b"].map((name) =>
      node(name, { providerID: `kind://docker/kind/${name}`, labels: { "topology.kubernetes.io/zone": name } }),
    ),
  };
  const { degraded, config } = look(two);
  expect(config).toMatchObject({ nodes: "2", zones: "2" });
  expect(said(degraded)).toContain("a lost node may take two of them");
});
