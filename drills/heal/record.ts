import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import { z } from "zod";
import type { Command } from "../stack/command";

const commandSchema = z.object({
  program: z.enum(["docker", "kubectl"]),
  args: z.array(z.string()),
  input: z.string().optional(),
  fineIf: z.string().optional(),
  thenWaitSeconds: z.number().optional(),
  together: z.boolean().optional(),
});

const recordSchema = z.object({
  version: z.literal(1),
  drill: z.string(),
  context: z.string(),
  namespace: z.string(),
  /** Process that began the drill. */
  pid: z.number(),
  startedAt: z.string(),
  heal: z.array(commandSchema),
});

/** What is broken on purpose at this moment, and how to undo it. */
export interface HealRecord {
  version: 1;
  drill: string;
  context: string;
  namespace: string;
  pid: number;
  startedAt: string;
  heal: Command[];
}

/**
 * The record on disk. It is there from before the first thing is broken until the last is mended, so whoever comes
 * next, after whatever end of this process, knows that there is something to heal and how.
 */
export class HealFile {
  /** @param path of the file */
  constructor(readonly path: string) {}

  /** The record, if something is broken. @throws Error for a file that is no record: somebody has to look at it */
  read(): HealRecord | undefined {
    if (!existsSync(this.path)) return undefined;
    return recordSchema.parse(JSON.parse(readFileSync(this.path, "utf8"))) as HealRecord;
  }

  /** Writes the record so that even a power cut leaves either the old one or the new one. */
  write(record: HealRecord): void {
    mkdirSync(dirname(this.path), { recursive: true });
    const draft = `${this.path}.draft`;
    const file = openSync(draft, "w");
    writeSync(file, JSON.stringify(record, undefined, 2));
    fsyncSync(file);
    closeSync(file);
    renameSync(draft, this.path);
  }

  /** Everything is mended. */
  clear(): void {
    rmSync(this.path, { force: true });
  }
}
