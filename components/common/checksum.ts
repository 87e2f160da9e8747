import { createHash } from "node:crypto";

/** Annotation on a pod template whose change rolls the pods: mounted files that change do not. */
export const CHECKSUM_ANNOTATION = "holdfast.dev/config-checksum";

/**
 * Digest of a ConfigMap's data, independent of the order of its keys.
 *
 * @param data file name to content
 * @returns 16 hexadecimal digits: enough to tell two versions apart, short enough to read
 */
export function checksum(data: Record<string, string>): string {
  const sorted = Object.entries(data).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash("sha256").update(JSON.stringify(sorted)).digest("hex").slice(0, 16);
}
