import type { Finding } from "../engine/evaluate";
import type { Rule } from "../engine/rule";
import type { Unread } from "../manifests/documents";
import { type ManifestResource, STANDARD_INPUT } from "../manifests/read";
import type { Judged } from "./summary";

function describe(rule: Rule): object {
  return {
    id: rule.id,
    shortDescription: { text: rule.title },
    fullDescription: { text: rule.why },
    help: { text: rule.fix },
  };
}

/** A file's name as a URI: relative as it was given, absolute with its scheme. */
function uri(file: string): string {
  const path = file.split("/").map(encodeURIComponent).join("/");
  return file.startsWith("/") ? `file://${path}` : path;
}

/** Where a line of a file is; nothing for standard input, which is no file. */
function physical(file: string | undefined, startLine: number): object {
  if (file === undefined || file === STANDARD_INPUT) return {};
  return { physicalLocation: { artifactLocation: { uri: uri(file) }, region: { startLine } } };
}

function result({ rule, level, outcome, message, resource }: Finding, rules: Rule[]): object {
  const { file, line = 1 } = resource as Partial<ManifestResource>;
  return {
    ruleId: rule.id,
    ruleIndex: rules.indexOf(rule),
    level: outcome === "undecided" ? "note" : level === "mandatory" ? "error" : "warning",
    message: { text: `${message}. ${rule.fix}` },
    locations: [
      { ...physical(file, line), logicalLocations: [{ fullyQualifiedName: resource.name, kind: "resource" }] },
    ],
    ...(outcome === "exempted" ? { suppressions: [{ kind: "external", justification: message }] } : {}),
  };
}

const unreadNote = ({ file, line, why }: Unread): object => ({
  level: "error",
  message: { text: `${file}, line ${line}: ${why}` },
  ...(file === STANDARD_INPUT ? {} : { locations: [physical(file, line)] }),
});

const faultNote = ({ rule, resource, message }: Finding): object => ({
  level: "error",
  message: { text: `${resource.name} ${message}` },
  associatedRule: { id: rule.id },
});

/**
 * Findings in SARIF 2.1.0, which code hosts show beside the lines of a pull request. What was not understood, and faults
 * of the checker, are notifications of the run.
 */
export function asSarif(
  findings: readonly Finding[],
  { unread }: Pick<Judged, "unread">,
  rules: readonly Rule[],
  version: string,
): string {
  const listed = [...rules];
  const faults = findings.filter(({ outcome }) => outcome === "fault");
  const notes = [...unread.map(unreadNote), ...faults.map(faultNote)];
  return JSON.stringify(
    {
      $schema: "https://json.schemastore.org/sarif-2.1.0.json",
      version: "2.1.0",
      runs: [
        {
          tool: { driver: { name: "holdfast-policy", version, rules: listed.map(describe) } },
          invocations: [{ executionSuccessful: notes.length === 0, toolExecutionNotifications: notes }],
          results: findings.filter((finding) => !faults.includes(finding)).map((finding) => result(finding, listed)),
        },
      ],
    },
    null,
    2,
  );
}
