import { createHash } from "node:crypto";
import { existsSync, lstatSync, readFileSync, readdirSync, realpathSync } from "node:fs";
import { join, relative, sep } from "node:path";
import dockerignore from "@balena/dockerignore";

/** Mode as Go prints it, which the official digest contains: `-rw-r--r--`, or `Lrwxrwxrwx` for a link. */
function goMode(mode: number, link: boolean): string {
  const bits = ["r", "w", "x", "r", "w", "x", "r", "w", "x"].map((letter, i) => (mode & (1 << (8 - i)) ? letter : "-"));
  return (link ? "L" : "-") + bits.join("");
}

function filesBelow(folder: string, ignored: (path: string) => boolean, inside = folder): string[] {
  return readdirSync(inside, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(inside, entry.name);
      if (entry.isDirectory()) return ignored(relative(folder, path)) ? [] : filesBelow(folder, ignored, path);
      return ignored(relative(folder, path)) ? [] : [path];
    });
}

/** Paths of everything a build can see, relative to its context: without what `.dockerignore` leaves out. */
export function contextFiles(context: string): string[] {
  const ignoreFile = join(context, ".dockerignore");
  const rules = dockerignore({ ignorecase: false }).add(existsSync(ignoreFile) ? readFileSync(ignoreFile, "utf8") : "");
  return filesBelow(context, (candidate) => rules.ignores(candidate)).map((path) => relative(context, path));
}

/** Digest of everything a build can see, as the official plugin makes it: names, modes and contents. */
export function contextDigest(context: string, dockerfile: string): string {
  const sum = createHash("sha256");
  const add = (path: string, name: string, mode: string): void => {
    const content = mode.startsWith("L") ? realpathSync(path) : readFileSync(path);
    sum.update(name).update(mode).update(createHash("sha256").update(content).digest()).update(Buffer.of(0));
  };
  add(dockerfile, "Dockerfile", "----------");
  for (const file of contextFiles(context)) {
    const path = join(context, file);
    const stat = lstatSync(path);
    add(path, file.split(sep).join("/"), goMode(stat.mode, stat.isSymbolicLink()));
  }
  return sum.digest("hex");
}
