import { chmodSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { IMAGES } from "../../components/common/images";
import { Refusal } from "../../config/refusal";
import { localPath } from "../paths";
import type { Unpacked } from "./unpack";

/** The database's image under a name that belongs to the tests; it is built of the checkout's files. */
export const POSTGRES_IMAGE = "holdfast/postgres:tests";

/** Programs of an image that tests start. */
interface Programs {
  image: string;
  programs: string[];
  /** Folder of the commands below that of all others. @default the one that goes on `PATH` */
  folder?: string;
  /** Whether the program refuses to be root, and becomes nobody where it would be. */
  neverRoot?: boolean;
}

/** Programs of PostgreSQL that the shop's tests start; they don't go on `PATH`, where others may look for a client. */
const SERVER_FOLDER = "postgres-bin";

/** What the unit tier needs. Python is the image's own, for the agent's tests start PostgreSQL and PgBouncer from it. */
export const PROGRAMS: Programs[] = [
  { image: IMAGES.haproxy, programs: ["haproxy"] },
  { image: IMAGES.prometheus, programs: ["promtool"] },
  { image: IMAGES.valkey, programs: ["valkey-server", "valkey-cli"] },
  { image: POSTGRES_IMAGE, programs: ["python3"] },
  {
    image: POSTGRES_IMAGE,
    programs: ["initdb", "pg_ctl", "pg_basebackup"],
    folder: SERVER_FOLDER,
    neverRoot: true,
  },
];

const MEND =
  "run this as root, or let users make namespaces of their own " +
  "(Ubuntu: `sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0`).";

const quoted = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`;

/** The command that runs a program of an unpacked image. Pure. */
export function commandText(python: string, { root, path }: Unpacked, program: string, neverRoot: boolean): string {
  const words = [
    python,
    "-I",
    "-S",
    localPath("unpacked/enter.py"),
    root,
    path,
    neverRoot ? "nobody" : "root",
    program,
  ];
  return `#!/bin/sh\nexec ${words.map(quoted).join(" ")} "$@"\n`;
}

/**
 * Writes a command for each program into a folder.
 *
 * @param unpacked where the images are, by name
 * @returns variables for the tests: `PATH`, where PostgreSQL's own programs are, and the machine's own Python, for tests
 * that start programs of several images
 * @throws Refusal where this machine does not let them run
 */
export async function writeCommands(
  folder: string,
  unpacked: ReadonlyMap<string, Unpacked>,
): Promise<{ PATH: string; POSTGRES_BIN: string; MACHINE_PYTHON: string }> {
  // The machine's own: one of the commands is called `python3` as well.
  const { stdout: python } = await execa("python3", ["-c", "import sys; print(sys.executable)"]);
  rmSync(folder, { recursive: true, force: true });
  for (const { image, programs, folder: inside = "", neverRoot = false } of PROGRAMS) {
    const files = unpacked.get(image);
    if (!files) throw new Error(`${image} is not unpacked`);
    mkdirSync(join(folder, inside), { recursive: true });
    for (const program of programs) {
      const file = join(folder, inside, program);
      writeFileSync(file, commandText(python, files, program, neverRoot));
      chmodSync(file, 0o755);
      const tried = await execa(file, ["--version"], { reject: false });
      if (/does not start/.test(tried.stderr)) throw new Refusal(`${tried.stderr.trim()}; ${MEND}`);
    }
  }
  return {
    PATH: `${folder}:${process.env["PATH"] ?? ""}`,
    POSTGRES_BIN: join(folder, SERVER_FOLDER),
    MACHINE_PYTHON: python,
  };
}
