import { createHash } from "node:crypto";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { execa, execaSync } from "execa";
import { scratchFolder } from "../../local/paths";

/**
 * Folder of this checkout in which the packages of a requirements file are, or would be: another one for each content of
 * the file and each release line of Python, for which packages are compiled.
 *
 * @param python the interpreter that is to load them
 * @returns undefined where there is no such Python
 */
export function packagesFolder(requirements: string, python = "python3"): string | undefined {
  const { stdout, failed } = execaSync(python, ["-c", "import sys; print(*sys.version_info[:2], sep='.')"], {
    reject: false,
  });
  if (failed) return undefined;
  const content = createHash("sha256").update(readFileSync(requirements)).update(stdout).digest("hex").slice(0, 12);
  return join(scratchFolder, `${basename(requirements, ".txt")}-${content}`);
}

/**
 * Installs the packages of a requirements file that names every one of them, where they are missing. They are there
 * whole or not at all.
 *
 * @returns their folder; undefined where it did not work, for a reason that pip has printed
 */
export async function installPackages(requirements: string): Promise<string | undefined> {
  const folder = packagesFolder(requirements);
  if (folder === undefined || existsSync(folder)) return folder;
  const words = ["-m", "pip", "install", "--quiet", "--no-deps", "--target", folder, "-r", requirements];
  const { failed } = await execa("python3", words, { stdio: ["ignore", "inherit", "inherit"], reject: false });
  if (!failed) return folder;
  rmSync(folder, { recursive: true, force: true });
  return undefined;
}
