import { readFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";

/** Names and contents of a file or of everything below a folder, in a stable order, for a cache key. */
export function contents(path: string): string[] {
  if (statSync(path).isFile()) return [path.split("/").at(-1) ?? path, readFileSync(path, "utf8")];
  return readdirSync(path)
    .sort()
    .flatMap((entry) => [entry, ...contents(join(path, entry))]);
}
