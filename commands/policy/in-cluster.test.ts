import { expect, test } from "vitest";
import { inCluster } from "../../test/policies/in-cluster";
import { programGraph } from "../../stack-graph";
import { evaluate } from "../../policy/engine/evaluate";
import { readManifests } from "../../policy/manifests/read";
import { renderManifests } from "../../policy/manifests/render";
import { RULES } from "./rules";

test("our own stack as a cluster shows it breaks no rule, and each object has its own line", async () => {
  const declared = readManifests(renderManifests(await programGraph("prod"))).resources;
  const { resources, unread } = readManifests(inCluster(declared));
  const findings = evaluate(RULES, resources, { environment: "prod" });
  expect(unread).toEqual([]);
  expect(
    findings.map(({ rule, resource, message }) => `${rule.id} ${resource.type} ${resource.name} ${message}`),
  ).toEqual([]);
  expect(resources.length).toBeGreaterThan(declared.length + 10);
  expect(new Set(resources.map(({ line }) => line)).size).toBe(resources.length);
});
