import { describe, expect, test } from "vitest";
import type { Step } from "./data-loss";
import { portsWanted, refusal } from "./node-ports";

const service = (namespace: string, ...ports: (number | undefined)[]) => ({
  metadata: { namespace, name: "load-balancer" },
  spec: { ports: ports.map((nodePort) => (nodePort === undefined ? {} : { nodePort })) },
});
const step = (op: string, made: object, old?: object): Step => ({
  op,
  type: "kubernetes:core/v1:Service",
  urn: "urn",
  keys: [],
  made,
  ...(old ? { old: { id: "x", provider: "", inputs: old } } : {}),
});

describe("ports that a plan takes", () => {
  test.each<[string, Step[], number[]]>([
    ["a new Service's", [step("create", service("b", 30080, undefined))], [30080]],
    ["a changed one", [step("update", service("b", 30081), service("b", 30080))], [30081]],
    ["not one that it has", [step("update", service("b", 30080), service("b", 30080))], []],
    ["nor of one that stays", [step("same", service("b", 30080))], []],
    [
      "a Service without ports of nodes",
      [step("create", { metadata: { name: "x" }, spec: { clusterIP: "None" } })],
      [],
    ],
  ])("%s", (_what, steps, ports) => expect(portsWanted(steps).map(({ port }) => port)).toEqual(ports));
});

describe("ports that can be had", () => {
  const there = JSON.stringify({ items: [service("a", 30080), service("c", 30081)] });
  test.each<[string, string, number, string | undefined, string | undefined]>([
    [
      "another stack's",
      "b",
      30080,
      there,
      "of kind-mine is that of the Service a/load-balancer already, so b/load-balancer can't have it",
    ],
    ["the next one that is free is named", "b", 30080, there, "loadBalancerNodePort 30082"],
    ["free", "b", 30090, there, undefined],
    ["its own, which the state has forgotten", "a", 30080, there, undefined],
    ["nobody knows", "b", 30080, undefined, undefined],
  ])("%s", (_what, namespace, port, services, words) => {
    const said = refusal([{ port, service: `${namespace}/load-balancer` }], "kind-mine", services);
    if (words === undefined) expect(said).toBeUndefined();
    else expect(said).toContain(words);
  });
});
