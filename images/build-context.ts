import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  rmdirSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, relative } from "node:path";
import { contextFiles } from "./context-digest";

/** The two images that are built here: the name of each, and the folder its source is in. */
export const OWN_IMAGES = { "web-app": "app", postgres: "components/postgres/image" } as const;

/** Modes of every file and folder in a build: nothing in our images is started by its executable bit. */
const FILE_MODE = 0o644;
const FOLDER_MODE = 0o755;

/** Time of every file in a build: layers hold times, so any but a fixed one would be another layer. */
const FILE_TIME = new Date("2000-01-01T00:00:00Z");

/** Folder an image is built from, below the checkout. Relative, because it goes into the state. */
export const buildFolder = (name: string): string => join(".holdfast", "images", name);

/** A text with the line endings that git stores, whatever a checkout made of them; anything else as it is. */
function normalised(content: Buffer): Buffer {
  if (content.includes(0)) return content;
  return Buffer.from(content.toString("latin1").replaceAll("\r\n", "\n"), "latin1");
}

/** Removes what an earlier copy had and this one has not. */
function prune(folder: string, target: string, kept: ReadonlySet<string>): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (!entry.isDirectory()) {
      if (!kept.has(relative(target, path))) rmSync(path);
      continue;
    }
    prune(path, target, kept);
    if (readdirSync(path).length === 0) rmdirSync(path);
  }
}

/** Gives folders their mode and time, the innermost first, because a change inside moves a folder's time. */
function settle(folder: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) settle(join(folder, entry.name));
  }
  chmodSync(folder, FOLDER_MODE);
  utimesSync(folder, FILE_TIME, FILE_TIME);
}

/**
 * Copies what a build may see into a folder where everything but names and contents is fixed: a build from there gives
 * the same image in every checkout, under any umask, owner, clock and line ending. Writes only what differs, so that
 * two commands at the same time do not disturb each other.
 *
 * @param source folder with a `Dockerfile` and perhaps a `.dockerignore`
 * @param target folder that becomes the copy
 */
export function writeBuildContext(source: string, target: string): void {
  const files = new Set([...contextFiles(source), "Dockerfile"]);
  // What it leaves out is left out already, and what it says is no part of the image.
  files.delete(".dockerignore");
  mkdirSync(target, { recursive: true });
  prune(target, target, files);
  for (const file of files) {
    const path = join(target, file);
    const content = normalised(readFileSync(join(source, file)));
    mkdirSync(dirname(path), { recursive: true });
    if (!existsSync(path) || !readFileSync(path).equals(content)) writeFileSync(path, content);
    chmodSync(path, FILE_MODE);
    utimesSync(path, FILE_TIME, FILE_TIME);
  }
  settle(target);
}
