import type { Finding } from "../engine/evaluate";

/** How many findings of each kind there are. */
export interface Counts {
  mandatory: number;
  advisory: number;
  exempted: number;
  undecided: number;
}

/** Counts findings. */
export function count(findings: readonly Finding[]): Counts {
  const number = (test: (finding: Finding) => boolean): number => findings.filter(test).length;
  return {
    mandatory: number(({ outcome, level }) => outcome === "violation" && level === "mandatory"),
    advisory: number(({ outcome, level }) => outcome === "violation" && level === "advisory"),
    exempted: number(({ outcome }) => outcome === "exempted"),
    undecided: number(({ outcome }) => outcome === "undecided"),
  };
}

/** The counts in one line, for people. */
export function sentence({ mandatory, advisory, exempted, undecided }: Counts, objects: number, rules: number): string {
  const kinds = [
    `${mandatory} mandatory and ${advisory} advisory violations`,
    ...(exempted ? [`${exempted} exempted`] : []),
    ...(undecided ? [`${undecided} not decided`] : []),
  ];
  return `${objects} objects, ${rules} rules: ${kinds.join(", ")}.`;
}
