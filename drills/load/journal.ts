import { closeSync, openSync, writeSync } from "node:fs";
import type { History, ReadAnswer, ReadRecord, ResendRecord, WriteAnswer, WriteRecord } from "./history";

type Line =
  | { k: "write"; id: string; session: number; due: number; sent: number }
  | { k: "written"; id: string; at: number; answer: WriteAnswer }
  | { k: "again"; id: string; sent: number }
  | { k: "answered-again"; id: string; at: number; answer: WriteAnswer }
  | { k: "read"; n: number; session: number; due: number; sent: number; expects?: string }
  | { k: "seen"; n: number; at: number; answer: ReadAnswer };

/**
 * The record on disk of what was sent and answered. A request is in the file before it is on the wire and its answer
 * after it came, so a runner that is killed loses no acknowledgement it had already acted on. Writing is synchronous:
 * an acknowledgement that only stood in a buffer would be forgotten just when it matters.
 */
export class Journal {
  private readonly file: number;
  private reads = 0;

  /** @param path file to append to; made if it is not there */
  constructor(path: string) {
    this.file = openSync(path, "a");
  }

  /** A write is about to be sent. */
  write(id: string, session: number, due: number): void {
    this.append({ k: "write", id, session, due, sent: Date.now() });
  }

  /** The write's answer has come, or its deadline has passed. */
  written(id: string, answer: WriteAnswer): void {
    this.append({ k: "written", id, at: Date.now(), answer });
  }

  /** The same write is about to be sent once more. */
  again(id: string): void {
    this.append({ k: "again", id, sent: Date.now() });
  }

  /** The repeated write's answer. */
  answeredAgain(id: string, answer: WriteAnswer): void {
    this.append({ k: "answered-again", id, at: Date.now(), answer });
  }

  /**
   * A read is about to be sent.
   *
   * @returns its number, to be given back with the answer
   */
  read(session: number, due: number, expects: string | undefined): number {
    const n = this.reads++;
    this.append({ k: "read", n, session, due, sent: Date.now(), ...(expects === undefined ? {} : { expects }) });
    return n;
  }

  /** The read's answer. */
  seen(n: number, answer: ReadAnswer): void {
    this.append({ k: "seen", n, at: Date.now(), answer });
  }

  close(): void {
    closeSync(this.file);
  }

  private append(line: Line): void {
    writeSync(this.file, `${JSON.stringify(line)}\n`);
  }
}

const outcomeOf = (ok: boolean): "acknowledged" | "failed" => (ok ? "acknowledged" : "failed");

/**
 * Puts a journal's lines together: each request with its answer.
 * A last line that was cut by the death of its writer is left out; its request then counts as unanswered.
 *
 * @param text the journal's content
 * @throws Error where a line other than the last one cannot be read
 */
export function readJournal(text: string): History {
  const writes = new Map<string, WriteRecord>();
  const resends = new Map<string, ResendRecord>();
  const reads = new Map<number, ReadRecord>();
  const lines = text.split("\n");
  // A complete journal ends with a line feed, so what stands after the last one is a torn line.
  lines.pop();
  for (const raw of lines) {
    const line = JSON.parse(raw) as Line;
    switch (line.k) {
      case "write":
        writes.set(line.id, {
          id: line.id,
          session: line.session,
          due: line.due,
          sent: line.sent,
          outcome: "unanswered",
        });
        break;
      case "again":
        resends.set(line.id, { id: line.id, sent: line.sent, outcome: "unanswered" });
        break;
      case "read":
        reads.set(line.n, {
          session: line.session,
          due: line.due,
          sent: line.sent,
          outcome: "unanswered",
          ...(line.expects === undefined ? {} : { expects: line.expects }),
        });
        break;
      case "written":
        answer(writes.get(line.id), line);
        break;
      case "answered-again":
        answer(resends.get(line.id), line);
        break;
      case "seen":
        answer(reads.get(line.n), line);
        break;
    }
  }
  return { writes: [...writes.values()], reads: [...reads.values()], resends: [...resends.values()] };
}

function answer(
  record: WriteRecord | ReadRecord | ResendRecord | undefined,
  line: { at: number; answer: WriteAnswer | ReadAnswer },
): void {
  if (!record) throw new Error("the journal has an answer to a request that it does not have");
  const { ok, ...rest } = line.answer;
  Object.assign(record, rest, { answered: line.at, outcome: outcomeOf(ok) });
}
