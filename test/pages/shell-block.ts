import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { root } from "./blocks";
import { isScript, moduleOf, type Line } from "./command-line";
import { commandsOf, type Words } from "./shell";

/** The result of reading a piece of shell, without running it. */
export interface Study {
  problems: string[];
  /** Arguments that the commands' own parsers have to read. */
  lines: Line[];
  /** Configuration that the piece sets in Holdfast's own project, and for which stack; placeholders are left out. */
  sets: { env: string; values: Record<string, string> };
  /** Commands of other people's programs. */
  foreign: Words[];
  /** The folder that a reader is in afterwards. */
  folder: string;
}

/** A placeholder for the reader's own value: `…`, `https://…`, `<key>`, `URL`. */
const PLACEHOLDER = /…$|^<.*>$|^[A-Z]+$/;
const DIGEST = /@sha256:…$/;

/**
 * What pages use of pulumi's command line, beside `config set`. The engine tier runs previews; `npm run up` and `down`
 * run the rest.
 */
const PULUMI =
  /^(preview|up( --yes)?|destroy( --yes)?)( --policy-pack \S+)?( --policy-pack-config \S+)?$|^(cancel --yes|stack init \S+|stack output|login --local)$/;

/** npm's own commands that pages use. */
const NPM = /^(ci|install|pack)( --prefix \S+)?$/;

/** Commands of the shell that change nothing but the shell. */
const SHELL = ["cd", "eval", "exit"];

const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string };

/**
 * Reads a piece of shell as a reader in a folder of the repository would type it. @param folder relative to the root
 */
export function study(text: string, folder = "."): Study {
  const result: Study = { problems: [], lines: [], sets: { env: "dev", values: {} }, foreign: [], folder };
  for (const words of commandsOf(text)) judge(words, result);
  return result;
}

function judge(words: Words, result: Study): void {
  const [program, ...rest] = words;
  if (program === "cd") result.folder = existing(join(result.folder, rest[0] ?? ""), result);
  else if (program === "npm") npm(rest, result);
  else if (program === "npx" && rest[0] === "tsx") existing(rest[1] ?? "", result);
  else if (program === "pulumi") pulumi(rest, result);
  else if (!SHELL.includes(program!)) result.foreign.push(words);
}

function existing(path: string, result: Study): string {
  if (!existsSync(join(root, path))) result.problems.push(`there is no ${path}`);
  return path;
}

/**
 * `npm run up -- --context kind-kind` and the like: the script exists, and its own parser reads what follows the two
 * dashes.
 */
function npm(words: Words, result: Study): void {
  const [verb, ...rest] = words[0] === "test" ? ["run", ...words] : words;
  const said = words.filter((word) => word !== "--no-audit");
  if (verb !== "run") {
    const prefix = said.indexOf("--prefix");
    if (prefix > 0) existing(join(said[prefix + 1] ?? "", "package.json"), result);
    const tarball = said[1]?.startsWith("./") ? said[1] : undefined;
    if (tarball ? tarball !== `./holdfast-${version}.tgz` : !NPM.test(said.join(" ")))
      result.problems.push(`\`npm ${said.join(" ")}\` is unknown here`);
    return;
  }
  const [script, dashes, ...args] = rest.filter((word) => word !== "-s");
  if (result.folder === "app") return appScript(script ?? "", result);
  if (!isScript(script ?? "")) result.problems.push(`package.json has no script ${script}`);
  else if (dashes !== undefined && dashes !== "--")
    result.problems.push(`npm takes \`${dashes}\` for itself: the arguments of ${script} follow \`--\``);
  const module = moduleOf(script ?? "");
  if (module !== undefined) result.lines.push({ module, args });
}

function appScript(script: string, result: Study): void {
  const { scripts } = JSON.parse(readFileSync(join(root, "app/package.json"), "utf8")) as { scripts: object };
  if (!Object.hasOwn(scripts, script)) result.problems.push(`app/package.json has no script ${script}`);
}

function pulumi(words: Words, result: Study): void {
  if (words[0] === "config" && words[1] === "set")
    return set(
      words.slice(2).filter((word) => word !== "--secret"),
      result,
    );
  if (!PULUMI.test(words.join(" "))) result.problems.push(`\`pulumi ${words.join(" ")}\` is unknown here`);
  if (words[0] === "stack" && words[1] === "init") result.sets.env = words[2]!;
  for (const flag of ["--policy-pack", "--policy-pack-config"]) {
    if (words.includes(flag)) existing(join(result.folder, words[words.indexOf(flag) + 1] ?? ""), result);
  }
}

/** A key with its value: of Holdfast's own project, or of the example whose folder the reader is in. */
function set([key = "", value = ""]: Words, result: Study): void {
  if (PLACEHOLDER.test(key)) return;
  const { config = {} } = parse(readFileSync(join(root, result.folder, "Pulumi.yaml"), "utf8")) as { config?: object };
  if (!Object.hasOwn(config, key)) result.problems.push(`${join(result.folder, "Pulumi.yaml")} has no key ${key}`);
  const given = value.replace(DIGEST, `@sha256:${"a".repeat(64)}`);
  if (result.folder === "." && !PLACEHOLDER.test(given)) result.sets.values[key] = given;
}
