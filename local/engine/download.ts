import { chmodSync, createWriteStream, existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { execa } from "execa";
import { fetch } from "undici";
import { cache } from "../paths";
import { VERSIONS } from "../versions";
import type { Origins } from "./reach";

const goArch = process.arch === "x64" ? "amd64" : process.arch;
const system = process.platform;

/** Long, because the CLI's archive has 100 MB. */
const TIMEOUT_MS = 300_000;

/** An official download: version, path and packing. */
interface Download {
  version: string;
  /** Path below its origin. */
  path: string;
  /** The folder inside the archive that holds the programs; undefined where the file is the program itself. */
  archived?: string;
}

const DOWNLOADS: Record<"pulumi" | "kind" | "kubectl", Download> = {
  pulumi: {
    version: VERSIONS.pulumiOfficial,
    path: `pulumi-v${VERSIONS.pulumiOfficial}-${system}-${process.arch}.tar.gz`,
    archived: "pulumi",
  },
  kind: { version: VERSIONS.kind, path: `v${VERSIONS.kind}/kind-${system}-${goArch}` },
  kubectl: { version: VERSIONS.kubernetes, path: `v${VERSIONS.kubernetes}/bin/${system}/${goArch}/kubectl` },
};

/** Fetches a tool and unpacks it into a folder. @throws Error where the file is missing or not complete */
async function fetchInto(folder: string, name: keyof typeof DOWNLOADS, origin: string): Promise<void> {
  const { path, archived } = DOWNLOADS[name];
  const answer = await fetch(`${origin}/${path}`, { signal: AbortSignal.timeout(TIMEOUT_MS) });
  if (!answer.ok || !answer.body) throw new Error(`${answer.status} for ${path}`);
  const file = join(folder, archived ? "archive.tar.gz" : name);
  await pipeline(answer.body, createWriteStream(file));
  if (archived === undefined) return chmodSync(file, 0o755);
  await execa("tar", ["-xzf", file, "-C", folder]);
  rmSync(file);
}

/**
 * Fetches an official tool into the cache, once.
 *
 * @param folder of the downloads; a tool in it is always complete
 * @returns the folder to put on PATH, or undefined where it cannot be downloaded
 */
export async function download(
  name: keyof typeof DOWNLOADS,
  origins: Origins,
  folder = join(cache, "downloads"),
): Promise<string | undefined> {
  const { version, archived = "" } = DOWNLOADS[name];
  const target = join(folder, `${name}-v${version}`);
  if (!existsSync(target)) {
    const partial = `${target}.partial`;
    rmSync(partial, { recursive: true, force: true });
    mkdirSync(partial, { recursive: true });
    try {
      await fetchInto(partial, name, origins[name]);
    } catch {
      // Whatever the reason, the tool can be built instead.
      rmSync(partial, { recursive: true, force: true });
      return undefined;
    }
    renameSync(partial, target);
  }
  return join(target, archived);
}
