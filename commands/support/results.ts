import { cpus, totalmem } from "node:os";

/** Folder for `npm run drill -- keep`: `DRILL.json`, and `DRILL.before.json` for the code before a change. */
export const KEPT_FOLDER = "docs/results/drills";

const GIB = 2 ** 30;

/** This machine in a few words, as results name it. */
export const machine = (): string => `${cpus().length} cores, ${Math.round(totalmem() / GIB)} GiB`;
