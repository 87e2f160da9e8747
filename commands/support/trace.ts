/** Characters of a line of a trace; more is a source, not a place. */
const LONGEST_LINE = 200;

/** Frames that a person needs to find the place. */
const MOST_LINES = 12;

/** A module that the loader hands over as its own source: its file's name stands in there, written as a URI. */
const BUNDLED = /data:text\/javascript[^\s)]*?(?=:\d+:\d+\)?$)/g;

function fileOf(url: string): string {
  const [, file] = /__filename%3D%22(.*?)%22/.exec(url) ?? [];
  return file === undefined ? "a bundled module" : decodeURIComponent(file);
}

/**
 * The stack of an error for a person who reports it: places, and never a source.
 */
export function trace(error: unknown): string {
  const stack = error instanceof Error ? (error.stack ?? String(error)) : String(error);
  const lines = stack.split("\n").map((line) => line.replace(BUNDLED, fileOf));
  return lines
    .slice(0, MOST_LINES)
    .map((line) => (line.length > LONGEST_LINE ? `${line.slice(0, LONGEST_LINE)}…` : line))
    .join("\n");
}
