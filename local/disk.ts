import { existsSync } from "node:fs";
import { statfs } from "node:fs/promises";
import { dirname } from "node:path";
import { Refusal } from "../config/refusal";

const GIB = 2 ** 30;

/** Disk that each part takes, in GiB, rounded up from a machine with everything built. */
const NEEDS = {
  /** Go's compiler cache and sources. */
  compiling: 8,
  /** Images where they are made: base images, layers, the registry's copy. */
  images: 8,
  /** Four nodes with their images unpacked, and the volumes. */
  cluster: 10,
} as const;

/** A part that takes disk. */
export type Part = keyof typeof NEEDS;

/** The sentence about too little disk; undefined where there is enough. */
export function diskShortage(parts: readonly Part[], freeBytes: number, folder: string): string | undefined {
  const needed = parts.reduce((sum, part) => sum + NEEDS[part], 0);
  if (freeBytes >= needed * GIB) return undefined;
  return (
    `There are ${(freeBytes / GIB).toFixed(1)} GiB free at ${folder}, and ${parts.join(", ")} need ${needed} ` +
    `GiB; free some (\`docker system prune\` for images nobody uses), ` +
    "or set HOLDFAST_CACHE to a folder on a larger disk, then run this again."
  );
}

/** The folder itself, or the nearest one above it that exists. */
const existing = (folder: string): string => (existsSync(folder) ? folder : existing(dirname(folder)));

/** Checks the free disk at a folder. @throws Refusal where the parts do not fit */
export async function demandDisk(parts: readonly Part[], folder: string): Promise<void> {
  if (parts.length === 0) return;
  const { bavail, bsize } = await statfs(existing(folder));
  const shortage = diskShortage(parts, bavail * bsize, folder);
  if (shortage) throw new Refusal(shortage);
}
