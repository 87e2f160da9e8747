import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { cache } from "../paths";

const unpackedFolder = join(cache, "unpacked");

/** An image's files on this machine. */
export interface Unpacked {
  /** Folder that is the root of the image's file system. */
  root: string;
  /** The image's `PATH`. */
  path: string;
}

/** What a container of an image that names no `PATH` gets from the engine. */
const DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** Writes an image's files into a folder; nothing of the image is run. */
async function exportInto(folder: string, image: string): Promise<void> {
  // An image without a command makes no container unless one is named.
  const { stdout: container } = await execa("docker", ["create", image, "none"]);
  try {
    const files = execa("docker", ["export", container], { stdout: "pipe", buffer: false });
    await files.pipe("tar", ["-x", "-C", folder]);
  } finally {
    await execa("docker", ["rm", container], { reject: false });
  }
}

/** Unpacks an image that the engine holds, once for all names it goes by. It is there whole or not at all. */
async function unpack(image: string, say: (line: string) => void): Promise<Unpacked> {
  const { stdout } = await execa("docker", ["image", "inspect", "--format", "{{json .}}", image]);
  const { Id, Config } = JSON.parse(stdout) as { Id: string; Config: { Env?: string[] | null } };
  const root = join(unpackedFolder, Id.replace("sha256:", "").slice(0, 12));
  if (!existsSync(root)) {
    say(`unpacking ${image}`);
    const partial = `${root}.partial`;
    rmSync(partial, { recursive: true, force: true });
    mkdirSync(partial, { recursive: true });
    await exportInto(partial, image);
    renameSync(partial, root);
  }
  const path = Config.Env?.find((line) => line.startsWith("PATH="))?.slice("PATH=".length);
  return { root, path: path ?? DEFAULT_PATH };
}

/**
 * Unpacks images into the cache, pulling those that the engine has not, and removes what was unpacked of others before.
 *
 * @returns where each one is, by name
 */
export async function unpackAll(images: string[], say: (line: string) => void): Promise<Map<string, Unpacked>> {
  const unpacked = new Map<string, Unpacked>();
  for (const image of images) {
    const there = await execa("docker", ["image", "inspect", image], { reject: false });
    if (there.exitCode !== 0) await execa("docker", ["pull", "--quiet", image]);
    unpacked.set(image, await unpack(image, say));
  }
  const kept = [...unpacked.values()].map(({ root }) => root);
  for (const old of readdirSync(unpackedFolder).map((entry) => join(unpackedFolder, entry)))
    if (!kept.includes(old)) rmSync(old, { recursive: true, force: true });
  return unpacked;
}
