import { readFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** A file or folder of `local/`, by its path inside it. */
export function localPath(path: string): string {
  return fileURLToPath(new URL(`../${path}`, import.meta.url));
}

/** Names and contents of a file or of everything below a folder, in a stable order, for a cache key. */
export function contents(path: string): string[] {
  if (statSync(path).isFile()) return [path.split("/").at(-1) ?? path, readFileSync(path, "utf8")];
  return readdirSync(path).sort().flatMap((entry) => [entry, ...contents(join(path, entry))]);
}
