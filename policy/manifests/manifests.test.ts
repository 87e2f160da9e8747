import { describe, expect, test } from "vitest";
import { parseAllDocuments } from "yaml";
import { programGraph } from "../../stack-graph";
import { RULES } from "../../commands/policy/rules";
import { Refusal } from "../../config/refusal";
import { parsePolicyConfig } from "./config";
import { readManifests } from "./read";
import { renderManifests } from "./render";

const deployment = (name: string, namespace = "") =>
  `apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: ${name}\n${namespace && `  namespace: ${namespace}\n`}`;

describe("reading", () => {
  test("documents, JSON and lists, each object with its place", () => {
    const text = `# a comment\n${deployment("web", "shop")}---\n---\n${JSON.stringify({ apiVersion: "v1", kind: "List", items: [{ apiVersion: "v1", kind: "Namespace", metadata: { name: "shop" } }] })}\n`;
    expect(
      readManifests(text, "a.yaml").resources.map(({ type, name, line, file }) => ({ type, name, line, file })),
    ).toEqual([
      { type: "kubernetes:apps/v1:Deployment", name: "shop/web", line: 2, file: "a.yaml" },
      { type: "kubernetes:core/v1:Namespace", name: "shop", line: 9, file: "a.yaml" },
    ]);
  });

  test("a namespace that is not written down shows", () => {
    expect(readManifests(deployment("web"), "a.yaml").resources[0]!.name).toBe("-/web");
  });

  test.each([
    ["broken YAML", "a: [1", /a\.yaml, line \d+: /],
    ["no object", "just: text", /line 1: no Kubernetes object/],
    ["no name", "apiVersion: v1\nkind: Pod", /a Pod without a metadata\.name/],
    ["a scalar", "hello", /no Kubernetes object/],
  ])("%s is named with its place, and hides nothing of the rest", (_what, text, message) => {
    const { resources, unread } = readManifests(`${text}\n---\n${deployment("web", "shop")}`, "a.yaml");
    expect(unread.map(({ file, line, why }) => `${file}, line ${line}: ${why}`).join()).toMatch(message);
    expect(resources.map(({ name }) => name)).toEqual(["shop/web"]);
  });
});

describe("configuration", () => {
  const parse = (value: unknown) => parsePolicyConfig(JSON.stringify(value), RULES);

  test("takes levels, settings and exemptions as CrossGuard does", () => {
    const exemptions = [{ resource: "shop/web", reason: "waiting for the vendor", until: "2026-12-31" }];
    const config = parse({
      all: "advisory",
      "non-root": "mandatory",
      "image-registry-allowed": { registries: ["docker.io"] },
      "read-only-root": { exemptions },
    });
    expect(config["non-root"]).toEqual({ enforcementLevel: "mandatory" });
    expect(config["image-registry-allowed"]).toEqual({ enforcementLevel: "advisory", registries: ["docker.io"] });
    expect(config["read-only-root"]).toEqual({ enforcementLevel: "advisory", exemptions });
  });

  test.each([
    ["an unknown rule", { "non-rot": "advisory" }, /no rule non-rot; the nearest is non-root/],
    ["an unknown setting", { "non-root": { registries: [] } }, /non-root\..*registries/],
    ["a level that is none", { "non-root": "strict" }, /non-root.*mandatory/],
    ["a level that is none, for all", { all: "strict" }, /all\..*mandatory/],
    ["a wrong type", { "request-path-redundant": { minimum: "two" } }, /request-path-redundant\.minimum: .*number/],
    [
      "an exemption without a reason",
      { "non-root": { exemptions: [{ resource: "web", reason: "", until: "2026-12-31" }] } },
      /non-root\.exemptions\.0\.reason/,
    ],
    [
      "an exemption without a day",
      { "non-root": { exemptions: [{ resource: "web", reason: "waiting for it", until: "soon" }] } },
      /non-root\.exemptions\.0\.until/,
    ],
    ["a list", [], /no JSON object/],
  ])("%s is refused by name", (_what, value, message) => {
    expect(() => parse(value)).toThrow(Refusal);
    expect(() => parse(value)).toThrow(message);
  });

  test("no JSON is said to be none", () => {
    expect(() => parsePolicyConfig("{", RULES)).toThrow(/no JSON/);
  });
});

describe("rendering the program", () => {
  test("says first that it is not the engine's output, reads back whole, and holds no secret", async () => {
    const graph = await programGraph("prod");
    const yaml = renderManifests(graph);
    expect(yaml.split("\n")[0]).toMatch(/^# .*not the engine's own output/);
    expect(readManifests(yaml, "prod.yaml").resources).toHaveLength(
      graph.filter(({ type, props }) => type.startsWith("kubernetes:") && props.metadata).length,
    );
    expect(yaml).not.toContain("mock-password");
    expect(yaml).not.toContain("pulumi.com/");
    for (const secret of parseAllDocuments(yaml)
      .map((document) => document.toJS() as any)
      .filter(({ kind }) => kind === "Secret")) {
      expect(
        Object.values({ ...secret.stringData, ...secret.data }).every(
          (value) => value === "REPLACE-ME" || value === "UkVQTEFDRS1NRQ==",
        ),
      ).toBe(true);
    }
  });

  test("every address that a ConfigMap hands on is one of its own Services'", async () => {
    const objects = parseAllDocuments(renderManifests(await programGraph("dev"))).map(
      (document) => document.toJS() as any,
    );
    const own = objects.filter(({ kind }) => kind === "Service").map(({ spec }) => spec.clusterIP);
    const handed = JSON.stringify(objects.filter(({ kind }) => kind !== "Service")).match(/10\.96\.\d+\.\d+/g)!;
    expect(handed.length).toBeGreaterThan(0);
    expect(handed.filter((address) => !own.includes(address))).toEqual([]);
  });
});
