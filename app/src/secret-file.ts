import { readFileSync } from "node:fs";

/**
 * The secret in a mounted file, read whenever it is needed. Kubernetes replaces the file when the Secret changes, so
 * the next connection uses a rotated password without a restart.
 *
 * @returns a function that reads the file; the trailing newline an editor leaves is not part of the secret.
 * @throws (from the function) the file system's error when the file is not there.
 */
export function secretFile(path: string): () => string {
  // Synchronous, because it reads a few bytes from memory (a secret volume is a tmpfs) for each new connection only.
  return () => readFileSync(path, "utf8").trim();
}
