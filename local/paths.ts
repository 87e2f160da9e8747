import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** The checkout: the folder that holds `Pulumi.yaml`. */
export const repository = resolve(fileURLToPath(new URL("..", import.meta.url)));

/**
 * Everything downloaded or built, keyed by content and shared by all checkouts of a user.
 * `HOLDFAST_CACHE` moves it; else the XDG cache folder.
 */
export const cache = process.env["HOLDFAST_CACHE"] ?? join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "holdfast");

/** State beside the checkout, ignored by git: the default backend, its passphrase, copies of the stack files. */
export const stateFolder = join(repository, ".holdfast");

/** Run-time files of the container engine that Holdfast started, if it had to: socket-less pid, logs, the runtime wrapper. */
export const engineFolder = join(cache, "container-engine");
