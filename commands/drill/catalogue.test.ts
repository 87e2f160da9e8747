import { describe, expect, it, test } from "vitest";
import { Refusal } from "../../config/refusal";
import { checkDrill } from "../../drills/stack/guard";
import { words } from "../../test/drills/planned";
import { wholeStack } from "../../test/drills/whole-stack";
import { DRILLS, drillNamed } from "./catalogue";

describe("the catalogue", () => {
  it("offers the nearest name for one it does not have", () => {
    expect(() => drillNamed("postgres-node-kiled")).toThrow(Refusal);
    expect(() => drillNamed("postgres-node-kiled")).toThrow("did you mean postgres-node-killed?");
  });

  it("names each drill once", () => {
    expect(new Set(DRILLS.map((drill) => drill.name)).size).toBe(DRILLS.length);
  });
});

describe.each(DRILLS.map((drill) => [drill.name, drill] as const))("%s", (_, drill) => {
  const state = wholeStack();
  const plan = drill.plan(state);

  it("does something, to pods and nodes that there are", () => {
    expect(plan.fault.length > 0 || drill.surgePerSecond !== undefined).toBe(true);
    const pods = state.pods.map((pod) => pod.name);
    const nodes = state.nodes.map((node) => node.name);
    expect(plan.pods.filter((pod) => !pods.includes(pod))).toEqual([]);
    expect(plan.nodes.filter((node) => !nodes.includes(node))).toEqual([]);
  });

  it("says so where it acts on the nodes' containers, and undoes what it does to them", () => {
    const onNodes = [...plan.fault, ...(plan.prepare ?? [])].filter((command) => command.program === "docker");
    expect(drill.needsNodeContainers).toBe(onNodes.length > 0);
    const lasting = onNodes.filter((command) => !words(command).endsWith(" KILL"));
    if (lasting.length > 0) expect(plan.heal.length).toBeGreaterThan(0);
  });

  it("has a second writer's address exactly where it has a second writer", () => {
    expect(plan.direct !== undefined).toBe(drill.also?.includes("direct") ?? false);
  });

  it("changes nothing by being planned", () => {
    drill.plan(state);
    expect(state).toEqual(wholeStack());
  });

  it("never names a context: the runner adds the one that was checked", () => {
    for (const command of [...plan.fault, ...plan.heal]) expect(words(command)).not.toContain("--context");
  });
});

test("a drill is refused on nodes that are no containers, where it needs them", () => {
  const state = wholeStack({ nodes: wholeStack().nodes.map(({ container: _, ...node }) => node) });
  expect(() => checkDrill(drillNamed("postgres-node-killed"), state)).toThrow(/run it on a kind cluster/);
  expect(() => checkDrill(drillNamed("postgres-primary-deleted"), state)).not.toThrow();
});

test("a web pod is cut off from every port of the database and of Redis", () => {
  const ports = (name: string) =>
    drillNamed(name)
      .plan(wholeStack())
      .fault.map(words)
      .join()
      .match(/--dport \d+/g);
  expect(ports("web-cut-from-postgres")).toEqual(["--dport 5432", "--dport 6432"]);
  expect(ports("web-cut-from-redis")).toEqual(["--dport 6379", "--dport 26379"]);
});
