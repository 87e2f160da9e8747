import Table from "cli-table3";
import type { Finding } from "../engine/evaluate";
import type { Rule } from "../engine/rule";

/** Widths of what stands beside the message. */
const FIXED = { level: 11, rule: 27, resource: 32 };
const NARROWEST_MESSAGE = 40;

const heading = ({ level, outcome }: Finding): string => (outcome === "violation" ? level : outcome);

const kindOf = (type: string): string => type.split(":").at(-1) ?? type;

/**
 * Findings for people: a table, and below it how to mend each rule that was broken.
 *
 * @param width of the terminal, in characters
 */
export function asTable(findings: readonly Finding[], width: number): string {
  if (findings.length === 0) return "";
  const message = Math.max(NARROWEST_MESSAGE, width - FIXED.level - FIXED.rule - FIXED.resource - 5);
  const table = new Table({
    head: ["level", "rule", "object", "what is wrong"],
    colWidths: [FIXED.level, FIXED.rule, FIXED.resource, message],
    wordWrap: true,
    wrapOnWordBoundary: false,
    style: { head: [], border: [], compact: true },
  });
  const order = ["fault", "mandatory", "advisory", "undecided", "exempted"];
  const sorted = [...findings].sort((a, b) => order.indexOf(heading(a)) - order.indexOf(heading(b)));
  // Several messages of one rule about one object share a row.
  const rows = new Map<string, [string, string, string, string[]]>();
  for (const finding of sorted) {
    const cells = [
      heading(finding),
      finding.rule.id,
      `${kindOf(finding.resource.type)}\n${finding.resource.name}`,
    ] as const;
    const row = rows.get(cells.join()) ?? [...cells, []];
    row[3].push(finding.message);
    rows.set(cells.join(), row);
  }
  table.push(
    ...[...rows.values()].map(([level, rule, object, messages]) => [level, rule, object, messages.join("\n")]),
  );
  const broken = new Set<Rule>(sorted.filter(({ outcome }) => outcome === "violation").map(({ rule }) => rule));
  const fixes = [...broken].map(({ id, why, fix }) => `${id}\n  Why: ${why}\n  Fix: ${fix}`);
  return [table.toString(), ...fixes].join("\n\n");
}
