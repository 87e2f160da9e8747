import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** The checkout: the folder that holds `Pulumi.yaml`. */
export const repository = resolve(fileURLToPath(new URL("..", import.meta.url)));

/** A file or folder of `local/`, by its path inside it. */
export const localPath = (path: string): string => fileURLToPath(new URL(`./${path}`, import.meta.url));

/**
 * Everything downloaded or built, keyed by content and shared by all checkouts of a user.
 * `HOLDFAST_CACHE` moves it; else the XDG cache folder.
 */
export const cache =
  process.env["HOLDFAST_CACHE"] ?? join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "holdfast");

/** Temporary files of this checkout, ignored by git: copies of the stack files, reports of the tests. */
export const scratchFolder = join(repository, ".holdfast");

/**
 * The embedded backend's state, its passphrase and the lock of the commands. It belongs to the machine's one cluster
 * and not to a checkout: another clone sees the same stack, and can remove it when this clone is deleted.
 */
export const stateFolder =
  process.env["HOLDFAST_STATE"] ??
  join(process.env["XDG_STATE_HOME"] ?? join(homedir(), ".local", "state"), "holdfast");

/** Files of the container engine that Holdfast has started: process id, log, runtime wrapper. */
export const engineFolder = join(cache, "container-engine");
