import { readFileSync } from "node:fs";

/**
 * The secret in a mounted file, read at the moment it is needed and never kept: Kubernetes swaps the file when the
 * Secret changes, so a rotated password is used by the next connection without a restart.
 *
 * @returns a function that reads the file; the trailing newline an editor leaves is not part of the secret.
 * @throws (from the function) the file system's error when the file is not there.
 */
export function secretFile(path: string): () => string {
  // Synchronous on purpose: a few bytes from memory (a secret volume is a tmpfs), only when a connection is made.
  return () => readFileSync(path, "utf8").trim();
}
