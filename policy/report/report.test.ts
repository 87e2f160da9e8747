import { describe, expect, test } from "vitest";
import { evaluate } from "../engine/evaluate";
import { readManifests } from "../manifests/read";
import { RULES } from "../../commands/policy/rules";
import { asJson } from "./json";
import { asSarif } from "./sarif";
import { count, exitCode, sentence } from "./summary";
import { asTable } from "./table";

const { resources } = readManifests(
  "\n---\napiVersion: v1\nkind: Service\nmetadata: {name: web, namespace: shop}\nspec: {type: NodePort, " +
    "externalIPs: [192.0.2.1], selector: {app: web}, ports: [{port: 80}]}\n",
  "web.yaml",
);
const exemptions = [{ resource: "shop/web", reason: "until the balancer is there", until: "2999-12-31" }];
const findings = evaluate(RULES, resources, { environment: "dev", config: { "no-external-ips": { exemptions } } });
const judged = { objects: 1, unread: [], unknownKinds: [] };

test("counts by what happens", () => {
  expect(count(findings)).toEqual({ mandatory: 1, advisory: 1, exempted: 1, undecided: 0, faults: 0 });
  expect(sentence(count(findings), judged, 3)).toBe(
    "1 objects, 3 rules: 1 mandatory and 1 advisory violations, 1 exempted.",
  );
});

test.each([
  [0, { mandatory: 0, faults: 0 }, []],
  [1, { mandatory: 1, faults: 0 }, []],
  [2, { mandatory: 1, faults: 0 }, [{ file: "a", line: 1, why: "" }]],
  [3, { mandatory: 1, faults: 1 }, [{ file: "a", line: 1, why: "" }]],
])("the exit code is %d for %j and what was not understood %j", (code, counts, unread) => {
  expect(exitCode({ advisory: 5, exempted: 5, undecided: 5, ...counts }, { unread })).toBe(code);
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
  const json = JSON.parse(asJson(findings, judged));
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
  } = JSON.parse(asSarif(findings, judged, RULES, "1.2.3"));

  test("describes every rule and points at it", () => {
    expect(version).toBe("2.1.0");
    expect(run.tool.driver).toMatchObject({ name: "holdfast-policy", version: "1.2.3" });
    for (const { ruleId, ruleIndex } of run.results) expect(run.tool.driver.rules[ruleIndex].id).toBe(ruleId);
  });

  test.each([
    ["my charts/web#1.yaml", "my%20charts/web%231.yaml"],
    ["a:b.yaml", "a%3Ab.yaml"],
    ["../web.yaml", "../web.yaml"],
    ["/srv/my web.yaml", "file:///srv/my%20web.yaml"],
  ])("names the file %s by the URI %s", (file, uri) => {
    const named = findings.map((finding) => ({ ...finding, resource: { ...finding.resource, file } }));
    const [{ locations }] = JSON.parse(asSarif(named, judged, RULES, "1.2.3")).runs[0].results;
    expect(locations[0].physicalLocation.artifactLocation).toEqual({ uri });
  });

  test("standard input is no file, and no rule has an address that leads nowhere", () => {
    const { file: _file, ...resource } = resources[0]!;
    const sarif = asSarif(
      findings.map((finding) => ({ ...finding, resource })),
      judged,
      RULES,
      "1.2.3",
    );
    expect(sarif).not.toMatch(/physicalLocation|[Uu]ri"/);
  });

  test("what was not understood, and what the checker failed at, are notifications of the run", () => {
    const unread = [{ file: "web.yaml", line: 7, why: "BAD_INDENT" }];
    const fault = { ...findings[0]!, outcome: "fault" as const, message: "was not judged" };
    const { invocations, results } = JSON.parse(asSarif([fault], { unread }, RULES, "1.2.3")).runs[0];
    expect(results).toEqual([]);
    expect(invocations[0].executionSuccessful).toBe(false);
    expect(invocations[0].toolExecutionNotifications).toMatchObject([
      { message: { text: "web.yaml, line 7: BAD_INDENT" } },
      { message: { text: "shop/web was not judged" }, associatedRule: { id: fault.rule.id } },
    ]);
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
