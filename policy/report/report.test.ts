import { describe, expect, test } from "vitest";
import { evaluate } from "../engine/evaluate";
import { readManifests } from "../manifests/read";
import { RULES } from "../../commands/policy/rules";
import { asJson } from "./json";
import { asSarif } from "./sarif";
import { count, sentence } from "./summary";
import { asTable } from "./table";

const resources = readManifests(
  "\n---\napiVersion: v1\nkind: Service\nmetadata: {name: web, namespace: shop}\nspec: {type: NodePort, " +
    "externalIPs: [192.0.2.1], selector: {app: web}, ports: [{port: 80}]}\n",
  "web.yaml",
);
const exemptions = [{ resource: "shop/web", reason: "until the balancer is there", until: "2999-12-31" }];
const findings = evaluate(RULES, resources, { environment: "dev", config: { "no-external-ips": { exemptions } } });

test("counts by what happens", () => {
  expect(count(findings)).toEqual({ mandatory: 1, advisory: 1, exempted: 1, undecided: 0 });
  expect(sentence(count(findings), 1, 3)).toBe(
    "1 objects, 3 rules: 1 mandatory and 1 advisory violations, 1 exempted.",
  );
});

test("the table has mandatory ones first, one row for each rule and object, and how to mend them", () => {
  const table = asTable(findings, 120);
  const rows = table
    .split("\n")
    .filter((line) => /│ (mandatory|advisory|exempted)/.test(line))
    .map((line) => line.split("│")[1]!.trim());
  expect(rows).toEqual(["mandatory", "advisory", "exempted"]);
  expect(table).toContain("Fix: Set `externalTrafficPolicy: Local`");
  expect(
    Math.max(
      ...table
        .split("\n\n")[0]!
        .split("\n")
        .map((line) => line.length),
    ),
  ).toBeLessThanOrEqual(120);
  expect(asTable([], 80)).toBe("");
});

test("JSON holds counts and findings with their place", () => {
  const json = JSON.parse(asJson(findings, 1));
  expect(json).toMatchObject({ objects: 1, mandatory: 1, advisory: 1, exempted: 1 });
  expect(json.findings).toContainEqual(
    expect.objectContaining({
      rule: "exposed-service-local",
      level: "advisory",
      object: "shop/web",
      file: "web.yaml",
      line: 3,
    }),
  );
});

describe("SARIF", () => {
  const {
    version,
    runs: [run],
  } = JSON.parse(asSarif(findings, RULES, "1.2.3"));

  test("describes every rule and points at it", () => {
    expect(version).toBe("2.1.0");
    expect(run.tool.driver).toMatchObject({ name: "holdfast-policy", version: "1.2.3" });
    for (const { ruleId, ruleIndex } of run.results) expect(run.tool.driver.rules[ruleIndex].id).toBe(ruleId);
  });

  test("gives level, line and the exemption's reason", () => {
    const result = (id: string) => run.results.find(({ ruleId }: { ruleId: string }) => ruleId === id);
    expect(result("service-reaches-pods").level).toBe("error");
    expect(result("exposed-service-local").level).toBe("warning");
    expect(result("no-external-ips").suppressions).toMatchObject([
      { kind: "external", justification: expect.stringContaining("until the balancer is there") },
    ]);
    expect(result("service-reaches-pods").locations[0].physicalLocation).toEqual({
      artifactLocation: { uri: "web.yaml" },
      region: { startLine: 3 },
    });
  });
});
