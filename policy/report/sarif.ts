import type { Finding } from "../engine/evaluate";
import type { Rule } from "../engine/rule";
import type { ManifestResource } from "../manifests/read";

/** Where the rules are explained, relative to the repository. */
const PAGE = "docs/policies.md";

function describe(rule: Rule): object {
  return {
    id: rule.id,
    shortDescription: { text: rule.title },
    fullDescription: { text: rule.why },
    help: { text: rule.fix },
    helpUri: `${PAGE}#${rule.id}`,
  };
}

function result({ rule, level, outcome, message, resource }: Finding, rules: Rule[]): object {
  const { file, line = 1 } = resource as Partial<ManifestResource>;
  return {
    ruleId: rule.id,
    ruleIndex: rules.indexOf(rule),
    level: outcome === "undecided" ? "note" : level === "mandatory" ? "error" : "warning",
    message: { text: `${message}. ${rule.fix}` },
    locations: [
      {
        ...(file === undefined
          ? {}
          : { physicalLocation: { artifactLocation: { uri: file }, region: { startLine: line } } }),
        logicalLocations: [{ fullyQualifiedName: resource.name, kind: "resource" }],
      },
    ],
    ...(outcome === "exempted" ? { suppressions: [{ kind: "external", justification: message }] } : {}),
  };
}

/** Findings in SARIF 2.1.0, which code hosts show beside the lines of a pull request. */
export function asSarif(findings: readonly Finding[], rules: readonly Rule[], version: string): string {
  const listed = [...rules];
  return JSON.stringify(
    {
      $schema: "https://json.schemastore.org/sarif-2.1.0.json",
      version: "2.1.0",
      runs: [
        {
          tool: { driver: { name: "holdfast-policy", version, informationUri: PAGE, rules: listed.map(describe) } },
          results: findings.map((finding) => result(finding, listed)),
        },
      ],
    },
    null,
    2,
  );
}
