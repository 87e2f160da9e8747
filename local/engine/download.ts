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

/** One official download: its address, and whether it is an archive of a folder of programs or one program. */
interface Download {
  name: "pulumi" | "kind" | "kubectl";
  url: (origins: Origins) => string;
  archive: boolean;
}

const DOWNLOADS: Download[] = [
  { name: "pulumi", archive: true, url: (origins) => `${origins.pulumi}/pulumi-v${VERSIONS.pulumiOfficial}-${system}-${process.arch}.tar.gz` },
  { name: "kind", archive: false, url: (origins) => `${origins.kind}/v${VERSIONS.kind}/kind-${system}-${goArch}` },
  { name: "kubectl", archive: false, url: (origins) => `${origins.kubectl}/v${VERSIONS.kubernetes}/bin/${system}/${goArch}/kubectl` },
];

/**
 * Fetches an official tool into the cache, once.
 *
 * @returns the folder to put on PATH, or undefined where it cannot be downloaded
 */
export async function download(name: Download["name"], origins: Origins, folder = join(cache, "downloads")): Promise<string | undefined> {
  const item = DOWNLOADS.find((candidate) => candidate.name === name);
  if (!item) return undefined;
  const url = item.url(origins);
  const target = join(folder, url.split("/").at(-1) === "kubectl" ? `kubectl-v${VERSIONS.kubernetes}` : `${url.split("/").at(-1)}-${name === "kind" ? VERSIONS.kind : ""}`);
  const programs = item.archive ? join(target, "pulumi") : target;
  if (existsSync(programs)) return programs;
  const answer = await fetch(url, { signal: AbortSignal.timeout(300_000) }).catch(() => undefined);
  if (!answer?.ok || !answer.body) return undefined;
  const partial = `${target}.partial`;
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(partial, { recursive: true });
  const file = join(partial, name);
  await pipeline(answer.body, createWriteStream(item.archive ? `${file}.tar.gz` : file));
  if (item.archive) {
    await execa("tar", ["-xzf", `${file}.tar.gz`, "-C", partial]);
    rmSync(`${file}.tar.gz`);
  } else {
    chmodSync(file, 0o755);
  }
  renameSync(partial, target);
  return programs;
}
