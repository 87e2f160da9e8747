import { marked, type Tokens } from "marked";
import { beforeAll, describe, expect, test } from "vitest";
import { programGraph } from "../../stack-graph";
import { blocksOf, pages, textOf, type Block } from "./blocks";
import { readLines } from "./command-line";
import { readJson, readYaml } from "./data";
import { namedIn, type Named } from "./inline";
import { unknownTo } from "./kubectl";
import { problemOf } from "./meaning";
import { study, type Study } from "./shell-block";
import { rendered, typeErrors } from "./typescript";

/** Something a page tells a reader to type. */
type Typed = Block | Named;

const blocks = pages().flatMap((page) => blocksOf(page, textOf(page)));
const named = pages().flatMap((page) => namedIn(page, textOf(page)));
const written = (language: string): Block[] =>
  blocks.filter((block) => block.language === language && block.section === undefined);
const titled = <T extends Typed>(all: T[]): [string, T][] => all.map((each) => [`${each.page}:${each.line}`, each]);

/** Languages that something reads. */
const READ = ["sh", "ts", "yaml", "json"];
/** Sections that `npm run docs` writes from the program; commands/docs/docs.test.ts holds the pages to it. */
const WRITTEN_BY_PROGRAM = ["architecture", "usage"];

/** All commands of the pages, each read in the folder to which the page's earlier blocks lead. */
function studies(): Map<Typed, Study> {
  const folders = new Map<string, string>();
  const all = new Map<Typed, Study>();
  for (const block of written("sh")) {
    const found = study(block.text, folders.get(block.page) ?? (block.page.startsWith("app/") ? "app" : "."));
    folders.set(block.page, found.folder);
    all.set(block, found);
  }
  for (const span of named) all.set(span, study(span.text));
  return all;
}

/** Wrong lines and programs: the checks of the pages have to find them. */
const WRONG_LINES: [string, RegExp][] = [
  ["npm run up -- --contxt kind-kind", /unknown option '--contxt'/],
  ["npm run down -- everything", /too many arguments/],
  ["npm run preview -- --env production", /Allowed choices are dev, staging, prod/],
  ["npm run drill -- rn postgres-switchover", /unknown command 'rn'/],
  ["npm run drill -- run postgres-swichover", /postgres-switchover/],
  ["npm run restore -- --to yesterday", /is no moment/],
  ["npm run restore -- --undo --to 2026-01-31T12:00:00Z", /cannot be used with/],
  ["npm run plan -- --slo 250ms", /it must name a percentile/],
];
const WRONG_PROGRAMS: [string, RegExp][] = [
  ['new WebService("web", { namespace, image, replicas: "three" }, opts);', /not assignable/],
  ['import { Mongo } from "holdfast";', /no exported member/],
  ['new Redis("redis", { namespace }, opts);', /clients/],
];

/** Longest time to load the compiler and the commands on a busy machine, in milliseconds. */
const LOAD_MS = 120_000;

const studied = studies();
const wrong = WRONG_LINES.map(([text]): Named => ({ page: "a page", line: 1, text, name: false }));
for (const span of wrong) studied.set(span, study(span.text));
const problems = new Map<Typed, string[]>([...studied].map(([typed, found]) => [typed, found.problems]));

beforeAll(async () => {
  const lines = [...studied].flatMap(([typed, found]) =>
    "name" in typed && typed.name ? [] : found.lines.map((line) => ({ typed, line })),
  );
  const answers = await readLines(lines.map(({ line }) => line));
  for (const [n, { typed, line }] of lines.entries()) {
    const problem = await problemOf(line, answers[n]!);
    if (problem !== undefined) problems.get(typed)!.push(`${line.module} ${line.args.join(" ")}: ${problem}`);
  }
  const graph = await programGraph("dev");
  for (const [typed, { foreign }] of studied)
    problems.get(typed)!.push(...foreign.flatMap((words) => unknownTo(graph, words)));
}, LOAD_MS);

describe("every code block", () => {
  test("is found: as many as a Markdown reader finds, and none is made by indenting", () => {
    for (const page of pages()) {
      const found: Tokens.Code[] = [];
      marked.walkTokens(
        marked.lexer(textOf(page)),
        (token) => void (token.type === "code" && found.push(token as Tokens.Code)),
      );
      expect(
        found.filter(({ codeBlockStyle }) => codeBlockStyle === "indented"),
        page,
      ).toEqual([]);
      expect(blocksOf(page, textOf(page)).length, page).toBe(found.length);
    }
    expect(blocks.length).toBeGreaterThan(20);
  });

  test.each(titled(blocks))(
    "%s has something that reads it, or says why it can't be run",
    (_, { language, reason, section }) => {
      if (section !== undefined) expect(WRITTEN_BY_PROGRAM).toContain(section);
      else if (reason === undefined) expect(READ).toContain(language);
    },
  );
});

describe("what there is to type", () => {
  test.each(titled(written("sh")))("%s: our commands take it; other people's programs carry a reason", (_, block) => {
    expect(problems.get(block)).toEqual([]);
    const { foreign } = studied.get(block)!;
    if (block.reason === undefined) expect(foreign, "add <!-- not run: why --> before the block").toEqual([]);
    else expect(foreign, "all of it is read: the reason is of no use").not.toEqual([]);
  });

  const configuring = [...studied]
    .filter(([, { sets }]) => Object.keys(sets.values).length > 0)
    .map(([typed]) => typed);
  test.each(titled(configuring))("%s: what it configures is a stack", async (_, typed) => {
    const { env, values } = studied.get(typed)!.sets;
    expect((await programGraph(env, values)).length).toBeGreaterThan(50);
  });

  test.each(pages())("%s names commands, objects and keys that there are", (page) => {
    const found = named.filter((span) => span.page === page);
    expect(
      found.flatMap((span) => problems.get(span)!.map((problem) => `${span.line}: \`${span.text}\`: ${problem}`)),
    ).toEqual([]);
  });

  test.each(WRONG_LINES)("%s would be found", (text, problem) => {
    expect(problems.get(wrong.find((span) => span.text === text)!)).toEqual([expect.stringMatching(problem)]);
  });
});

describe("TypeScript", () => {
  const programs = written("ts");
  let errors: string[][];
  beforeAll(() => {
    errors = typeErrors([...programs.map(({ text }) => text), ...WRONG_PROGRAMS.map(([text]) => text)]);
  }, LOAD_MS);

  test.each(titled(programs))("%s has no error of types", (_, block) => {
    expect(errors[programs.indexOf(block)]).toEqual([]);
  });

  test.each(WRONG_PROGRAMS)("%s would be found", (text, error) => {
    const n = programs.length + WRONG_PROGRAMS.findIndex(([wrong]) => wrong === text);
    expect(errors[n]!.join("\n")).toMatch(error);
  });

  test.each(titled(programs.filter(({ text }) => text.includes("new "))))(
    "%s declares something",
    async (_, { text }) => {
      expect((await rendered(text)).filter(({ type }) => type.startsWith("kubernetes:")).length).toBeGreaterThan(1);
    },
  );
});

describe("data", () => {
  test.each(titled(written("yaml")))("%s is read", (_, { text }) => readYaml(text));
  test.each(titled(written("json")))("%s is read", (_, { text }) => readJson(text));
});
