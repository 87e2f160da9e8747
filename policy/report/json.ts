import type { Finding } from "../engine/evaluate";
import type { ManifestResource } from "../manifests/read";
import { count, type Judged } from "./summary";

/** Findings for programs: one object with the counts, what was not understood, and a list. */
export function asJson(findings: readonly Finding[], judged: Judged): string {
  const list = findings.map(({ rule, level, outcome, message, resource }) => {
    const { file, line } = resource as Partial<ManifestResource>;
    return {
      rule: rule.id,
      level,
      outcome,
      object: resource.name,
      type: resource.type,
      file,
      line,
      message,
      why: rule.why,
      fix: rule.fix,
    };
  });
  return JSON.stringify({ ...count(findings), ...judged, findings: list }, null, 2);
}
