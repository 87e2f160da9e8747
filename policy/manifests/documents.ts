import { type Document, isMap, isSeq, LineCounter, type Node, parseAllDocuments } from "yaml";
import { Decoder, NotSent } from "./decode";

/** A part of a file that was not understood. The rest is read all the same. */
export interface Unread {
  file: string;
  /** From 1. */
  line: number;
  /** What is wrong, in one clause. */
  why: string;
}

/** One object as it stands in a text: by itself, or as an item of a list. */
export interface Written {
  value: unknown;
  /** Line of its first line, from 1. */
  line: number;
}

/** Nested deeper, a document overflows the reader's stack; kubectl's stops at 10,000. */
const TOO_DEEP = "it is nested too deeply";

/** The library only takes the text apart; what a scalar means is decided in `decode.ts`. */
const READER = { schema: "failsafe", resolveKnownTags: false, uniqueKeys: false, logLevel: "silent" } as const;

/** The line that a place in a text is on. */
type LineOf = (offset: number) => number;

/** Several JSON values in a row, which kubectl takes too, as texts of their own; anything else is one text. */
function* texts(text: string): Iterable<{ text: string; start: number }> {
  let start = 0;
  let depth = 0;
  for (const { 0: token, index } of text.trimStart().startsWith("{") ? text.matchAll(/"(?:[^"\\]|\\.)*"|[{}]/g) : []) {
    if (token === "{") depth++;
    if (token !== "}" || --depth !== 0) continue;
    const end = index + 1;
    if (/^\s*\{/.test(text.slice(end, end + 1000))) {
      yield { text: text.slice(start, end), start };
      start = end;
    }
  }
  yield { text: text.slice(start), start };
}

/** The objects in a document: itself, or its items where it is a list. */
function* written(document: Document, decoder: Decoder, lineOf: LineOf): Iterable<Written | Omit<Unread, "file">> {
  const pending: unknown[] = [document.contents];
  while (pending.length > 0) {
    const node = pending.shift();
    const line = lineOf((node as Node | null)?.range?.[0] ?? document.range?.[0] ?? 0);
    try {
      const items = listItems(decoder.resolved(node));
      if (items) pending.unshift(...items);
      else yield { value: decoder.value(node), line };
    } catch (error) {
      yield {
        line: error instanceof NotSent && error.offset !== undefined ? lineOf(error.offset) : line,
        why: whyOf(error),
      };
    }
  }
}

function listItems(node: unknown): unknown[] | undefined {
  if (!isMap(node)) return undefined;
  const kind = node.get("kind");
  const items = node.get("items", true);
  return typeof kind === "string" && kind.endsWith("List") && isSeq(items) ? items.items : undefined;
}

function whyOf(error: unknown): string {
  if (error instanceof NotSent) return error.message;
  if (error instanceof RangeError) return TOO_DEEP;
  throw error;
}

/** Takes a text of YAML or JSON apart into what stands in it, the way kubectl does. */
export function* documents(text: string): Iterable<Written | Omit<Unread, "file">> {
  const lines = new LineCounter();
  lines.addNewLine(0);
  for (const { index } of text.matchAll(/\n/g)) lines.addNewLine(index + 1);
  for (const part of texts(text)) {
    const lineOf: LineOf = (offset) => lines.linePos(part.start + offset).line;
    let parsed: Document[];
    try {
      parsed = [...parseAllDocuments(part.text, READER)];
    } catch (error) {
      yield { line: lineOf(0), why: whyOf(error) };
      continue;
    }
    for (const document of parsed) {
      const [error] = document.errors;
      if (error) yield { line: lineOf(error.pos[0]), why: error.message.split(" at line ")[0]! };
      else yield* written(document, new Decoder(document), lineOf);
    }
  }
}
