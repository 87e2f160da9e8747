import type { Finding } from "../engine/evaluate";
import type { Unread } from "../manifests/documents";

/** How many findings of each kind there are. */
export interface Counts {
  mandatory: number;
  advisory: number;
  exempted: number;
  undecided: number;
  /** Checks that the checker itself failed at. */
  faults: number;
}

/** What was judged, beside the findings. */
export interface Judged {
  objects: number;
  /** Parts of the files that were not understood. */
  unread: readonly Unread[];
  /** Kinds that are not the API's own and have no pod template: no rule knows what they make. */
  unknownKinds: readonly string[];
}

/** Counts findings. */
export function count(findings: readonly Finding[]): Counts {
  const number = (test: (finding: Finding) => boolean): number => findings.filter(test).length;
  return {
    mandatory: number(({ outcome, level }) => outcome === "violation" && level === "mandatory"),
    advisory: number(({ outcome, level }) => outcome === "violation" && level === "advisory"),
    exempted: number(({ outcome }) => outcome === "exempted"),
    undecided: number(({ outcome }) => outcome === "undecided"),
    faults: number(({ outcome }) => outcome === "fault"),
  };
}

/** The counts in one line, for people. */
export function sentence(counts: Counts, { objects, unknownKinds }: Judged, rules: number): string {
  const { mandatory, advisory, exempted, undecided, faults } = counts;
  const kinds = [
    `${mandatory} mandatory and ${advisory} advisory violations`,
    ...(exempted ? [`${exempted} exempted`] : []),
    ...(undecided ? [`${undecided} not decided`] : []),
    ...(faults ? [`${faults} faults of the checker`] : []),
    ...(unknownKinds.length > 0 ? [`no rule knows ${unknownKinds.join(", ")}`] : []),
  ];
  return `${objects} objects, ${rules} rules: ${kinds.join(", ")}.`;
}

/** Exit codes, the highest that applies: a mandatory rule is broken; something is not understood; the checker failed. */
export const EXIT = { violations: 1, unread: 2, fault: 3 };

/** The exit code of a run: what was not judged weighs more than what was found. */
export function exitCode({ mandatory, faults }: Counts, { unread }: Pick<Judged, "unread">): number {
  if (faults > 0) return EXIT.fault;
  if (unread.length > 0) return EXIT.unread;
  return mandatory > 0 ? EXIT.violations : 0;
}
