import { describe, expect, test } from "vitest";
import { publishedPorts, unknownContext } from "./read";
import { chooseContext, contextOf, type Choice } from "./target";

const choose = (choice: Partial<Choice>) =>
  chooseContext({
    environment: "dev",
    given: undefined,
    remembered: undefined,
    configured: "kind-holdfast",
    applied: false,
    same: false,
    ...choice,
  });

describe("which cluster", () => {
  test.each<[string, Partial<Choice>, string | undefined]>([
    ["nothing said: Holdfast's own", {}, undefined],
    ["named", { given: "kind-mine" }, "kind-mine"],
    ["named before", { remembered: "kind-mine" }, "kind-mine"],
    [
      "the one it is on, under a new name",
      { given: "renamed", remembered: "kind-mine", applied: true, same: true },
      "renamed",
    ],
    ["named again", { given: "kind-mine", remembered: "kind-mine", applied: true }, "kind-mine"],
    ["Holdfast's own, by name", { given: "kind-holdfast", applied: true }, undefined],
    ["the stack file's, said as well", { given: "prod", configured: "prod" }, "prod"],
  ])("%s", (_what, choice, context) => {
    expect(choose(choice)).toBe(context);
  });

  test.each<[string, Partial<Choice>, string]>([
    [
      "another than the one it is on",
      { given: "kind-mine", applied: true },
      "on kind-holdfast; take it away from there first: npm run down",
    ],
    ["another than the one named before", { given: "kind-b", remembered: "kind-a" }, "on kind-a; take it away"],
    ["one that only the stack file names", { configured: "prod" }, "--context prod"],
  ])("%s is refused", (_what, choice, sentence) => {
    expect(() => choose(choice)).toThrow(sentence);
  });

  test("a later command may name the cluster the stack is on, and no other", () => {
    expect(contextOf("dev", "kind-mine", "kind-mine")).toBe("kind-mine");
    expect(contextOf("dev", undefined, "kind-holdfast")).toBeUndefined();
    expect(() => contextOf("dev", "kind-other", "kind-mine")).toThrow("is on kind-mine, not on kind-other");
  });
});

test("a context that does not exist: the nearest that does", () => {
  expect(unknownContext("kind-kin", ["kind-kind", "minikube"])).toContain("the nearest is kind-kind");
  expect(unknownContext("kind-kind", [])).toContain("make a cluster");
});

test("published ports, as docker prints them", () => {
  expect(publishedPorts("30080/tcp -> 127.0.0.1:8080\n6443/tcp -> 127.0.0.1:45121\n30080/tcp -> [::]:8080\n")).toEqual({
    30080: 8080,
    6443: 45121,
  });
});
