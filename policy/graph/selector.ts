import type { LabelSelector } from "./types";

/**
 * Whether a label selector picks a set of labels, by the API's rules: an empty selector picks everything,
 * a missing one nothing.
 */
export function selects(selector: LabelSelector | undefined, labels: Record<string, string>): boolean {
  if (!selector) return false;
  const byLabel = Object.keys(selector.matchLabels ?? {}).every(
    (key) => Object.hasOwn(labels, key) && labels[key] === selector.matchLabels![key],
  );
  if (!byLabel) return false;
  return (selector.matchExpressions ?? []).every(({ key, operator, values = [] }) => {
    const present = Object.hasOwn(labels, key);
    switch (operator) {
      case "In":
        return present && values.includes(labels[key]!);
      case "NotIn":
        return !present || !values.includes(labels[key]!);
      case "Exists":
        return present;
      case "DoesNotExist":
        return !present;
      default:
        // The API takes no other.
        return false;
    }
  });
}
