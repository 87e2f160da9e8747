import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  type Scalar,
  visit,
  type YAMLMap,
} from "yaml";
import { plainValue } from "./scalars";

/** Nodes that aliases may repeat in one document: more than fit into the 1.5 MB that the API takes in one object. */
const MOST_REPEATED = 100_000;

/** What kubectl would refuse in a document, in one clause. */
export class NotSent extends Error {
  /** @param offset where in the text, in characters; undefined where the place is not known */
  constructor(
    message: string,
    readonly offset?: number,
  ) {
    super(message);
    this.name = "NotSent";
  }
}

const TAG = "tag:yaml.org,2002:";
/** Tags under which a scalar is still looked at, and what it must turn out to be. */
const RESOLVED = new Map<string, (value: unknown) => boolean>([
  [`${TAG}int`, Number.isInteger],
  [`${TAG}float`, Number.isFinite],
  [`${TAG}bool`, (value) => typeof value === "boolean"],
  [`${TAG}null`, (value) => value === null],
]);

/**
 * Turns parsed YAML into the JSON that kubectl sends: merge keys are carried out (one that stands after a key wins over
 * it, as in go-yaml), keys become text, the last of equal keys stays.
 */
export class Decoder {
  private readonly open = new Set<Node>();
  private inAliases = 0;
  private repeated = 0;
  private targets?: Map<Alias, Node>;

  constructor(private readonly document: Document) {}

  /**
   * The value of a node.
   *
   * @throws NotSent
   */
  value(node: unknown): unknown {
    if (isScalar(node)) return this.scalar(node);
    if (isAlias(node)) return this.repeatedly(() => this.value(this.target(node)));
    if (this.inAliases > 0 && ++this.repeated > MOST_REPEATED) throw new NotSent("its aliases repeat too much");
    if (!isMap(node) && !isSeq(node)) return null;
    if (this.open.has(node)) throw new NotSent("an anchor contains itself", node.range?.[0]);
    this.open.add(node);
    const value = isSeq(node) ? node.items.map((item) => this.value(item)) : Object.fromEntries(this.entries(node));
    this.open.delete(node);
    return value;
  }

  /** The node itself, or what an alias stands for. */
  resolved(node: unknown): unknown {
    return isAlias(node) ? this.target(node) : node;
  }

  private target(alias: Alias): Node {
    this.targets ??= targetsOf(this.document);
    const found = this.targets.get(alias);
    if (!found) throw new NotSent(`the anchor of *${alias.source} is nowhere before it`, alias.range?.[0]);
    return found;
  }

  /** Reads what an alias stands for: however small a text is, aliases of aliases can make it endless. */
  private repeatedly<T>(read: () => T): T {
    this.inAliases++;
    const value = read();
    this.inAliases--;
    return value;
  }

  private scalar({ value, source, type, tag, range }: Scalar): unknown {
    const text = source ?? (typeof value === "string" ? value : "");
    if (tag === `${TAG}binary`) return Buffer.from(text, "base64").toString("utf8");
    const tagged = RESOLVED.get(tag ?? "");
    if (!tagged && (tag !== undefined || (type !== undefined && type !== "PLAIN"))) return text;
    const read = plainValue(text);
    if (typeof read === "number" && !Number.isFinite(read)) throw new NotSent("JSON has no such number", range?.[0]);
    if (tagged && !tagged(read)) throw new NotSent("a value is not what its tag says", range?.[0]);
    return read;
  }

  private entries(map: YAMLMap): Map<string, unknown> {
    const found = new Map<string, unknown>();
    for (const pair of map.items) {
      if (isMerge(pair)) for (const [key, value] of this.merged(pair.value)) found.set(key, value);
      else found.set(this.key(pair.key), this.value(pair.value));
    }
    return found;
  }

  /** What a merge key brings in: of several maps the first that has a key wins. */
  private merged(node: unknown): [string, unknown][] {
    const source = this.resolved(node);
    if (isMap(source)) return this.repeatedly(() => Object.entries(this.value(source) as Record<string, unknown>));
    if (isSeq(source)) {
      return [...source.items].reverse().flatMap((item) => {
        if (!isMap(this.resolved(item))) throw new NotSent("a merge key names no map");
        return this.merged(item);
      });
    }
    throw new NotSent("a merge key names no map", (node as Node | null)?.range?.[0]);
  }

  private key(node: unknown): string {
    const value = this.value(node);
    if (value === null || typeof value === "object")
      throw new NotSent("a key is no text", (node as Node | null)?.range?.[0]);
    return String(value);
  }
}

/** What each alias stands for: the last node before it that has its anchor. (The library looks through all for each.) */
function targetsOf(document: Document): Map<Alias, Node> {
  const anchors = new Map<string, Node>();
  const targets = new Map<Alias, Node>();
  visit(document, {
    Value: (_key, node) => {
      if (node.anchor) anchors.set(node.anchor, node);
    },
    Alias: (_key, alias) => {
      const found = anchors.get(alias.source);
      if (found) targets.set(alias, found);
    },
  });
  return targets;
}

function isMerge({ key }: Pair): boolean {
  if (!isScalar(key) || (key.source ?? key.value) !== "<<") return false;
  return key.tag === `${TAG}merge` || (key.tag === undefined && key.type === "PLAIN");
}
