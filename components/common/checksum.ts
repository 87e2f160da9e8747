import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";

/** Annotation on a pod template that changes with its configuration, so that a change rolls the pods. */
export const CHECKSUM_ANNOTATION = "holdfast.dev/config-checksum";

/**
 * Short digest of what a pod reads when it starts. Never pass a secret: the digest is stored in clear.
 */
export function checksum(data: pulumi.Input<Record<string, pulumi.Input<string>>>): pulumi.Output<string> {
  return pulumi.output(data).apply((entries) => {
    const ordered = Object.entries(entries).sort(([a], [b]) => (a < b ? -1 : 1));
    return createHash("sha256").update(JSON.stringify(ordered)).digest("hex").slice(0, 16);
  });
}
