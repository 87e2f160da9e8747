import type { V1Node } from "@kubernetes/client-node";
import { describe, expect, it } from "vitest";
import { Refusal } from "../../config/refusal";
import { wholeStack } from "../../test/drills/whole-stack";
import { commandLine } from "./execute";
import { checkContext, checkNodes, checkWhole } from "./guard";
import { whatIsMissing } from "./state";

const kindNode: V1Node = { metadata: { name: "h-worker" }, spec: { providerID: "kind://docker/holdfast/h-worker" } };

describe("whatIsMissing", () => {
  const missing = (change: Parameters<typeof wholeStack>[0]): string[] => whatIsMissing(wholeStack(change));
  const { nodes, pods, found } = wholeStack();

  it("is nothing in a whole stack", () => expect(missing({})).toEqual([]));

  it("names a node and a pod", () => {
    expect(missing({ nodes: nodes.map((node, i) => ({ ...node, ready: i !== 3 })) })).toEqual([
      "node h-worker3 is not Ready",
    ]);
    expect(missing({ pods: pods.map((pod, i) => ({ ...pod, ready: i !== 0 })) })).toEqual([
      "pod postgres-0 is not ready",
    ]);
  });

  const wounded = { ...found, redis: { leader: undefined, missing: ["the Sentinels name no Redis primary"] } };

  it("names what a component lacks", () => {
    expect(missing({ found: wounded })).toEqual(["the Sentinels name no Redis primary"]);
  });

  it("refuses a drill in one sentence that names the fix", () => {
    const state = wholeStack({ found: wounded });
    expect(() => checkWhole(state, { what: "shop" })).toThrow(Refusal);
    expect(() => checkWhole(state, { what: "shop" })).toThrow(
      /not whole \(the Sentinels name no Redis primary\).*npm run up/,
    );
    expect(() => checkWhole(wholeStack(), { what: "shop" })).not.toThrow();
  });
});

describe("foreign clusters", () => {
  it.each(["production", "gke_x_y_z", "docker-desktop", "my-kind-cluster"])(
    "are refused by the context's name: %s",
    (context) => {
      expect(() => checkContext(context, false)).toThrow(/--i-know/);
      expect(() => checkContext(context, true)).not.toThrow();
    },
  );

  it.each(["kind-holdfast", "kind-kind", "minikube"])("are not what is called %s", (context) => {
    expect(() => checkContext(context, false)).not.toThrow();
  });

  it("are refused by their nodes, whatever the context is called", () => {
    const cloud: V1Node = { metadata: { name: "ip-10-0-0-1" }, spec: { providerID: "aws:///eu/i-1" } };
    expect(() => checkNodes("kind-trick", [kindNode, cloud], false)).toThrow(/ip-10-0-0-1.*--i-know/);
    expect(() => checkNodes("kind-trick", [kindNode, cloud], true)).not.toThrow();
    expect(() => checkNodes("kind-holdfast", [kindNode], false)).not.toThrow();
    const minikube: V1Node = { metadata: { name: "minikube", labels: { "minikube.k8s.io/name": "minikube" } } };
    expect(() => checkNodes("minikube", [minikube], false)).not.toThrow();
  });
});

describe("a command line", () => {
  it("names the context and can be pasted into a shell", () => {
    const cluster = { context: "kind-holdfast", namespace: "online-shop" };
    expect(commandLine(cluster, { program: "kubectl", args: ["get", "pods"] })).toBe(
      "kubectl --context kind-holdfast get pods",
    );
    expect(commandLine(cluster, { program: "docker", args: ["exec", "n", "sh", "-c", "echo 'a b'"] })).toBe(
      `docker exec n sh -c 'echo '\\''a b'\\'''`,
    );
  });
});
