import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { PROFILES } from "../../config/keys";
import { parseSettings } from "../../config/parse";
import { repository } from "../../local/paths";
import { declared } from "../../stack-graph";
import { argumentsOf, COMPONENTS } from "./component";
import { Declarations } from "./declarations";
import { pages, sections } from "./pages";
import { filled, table, type Section } from "./sections";

describe("generated parts of the documentation", () => {
  let all: Section[];
  beforeAll(async () => {
    all = sections(await declared());
  });

  test("are current; `npm run docs` writes them", () => {
    const stale = [...pages(all)].filter(([, { is, should }]) => is !== should).map(([page]) => page);
    expect(stale).toEqual([]);
  });

  test("say something: no empty table, and a meaning in every row", () => {
    for (const { page, name, content } of all) {
      expect(content.split("\n").length, `${page}: ${name}`).toBeGreaterThan(2);
      expect(content, `${page}: ${name}`).not.toMatch(/\| *\|$/m);
    }
  });

  test("the picture draws the request's way and the database behind its poolers", () => {
    const picture = all.find(({ name }) => name === "architecture")?.content ?? "";
    for (const edge of [
      "clients --> load_balancer",
      "load_balancer --> web_app",
      "web_app --> postgres_pooler",
      "web_app --> redis",
    ])
      expect(picture).toContain(edge);
    expect(picture).not.toContain("web_app --> postgres\n");
  });

  test("a profile's value stands in its column", () => {
    const text = all.find(({ name }) => name === "profiles")?.content ?? "";
    const cells =
      text
        .split("\n")
        .find((line) => line.includes("postgresWorkMem"))
        ?.split("|")
        .map((cell) => cell.trim()) ?? [];
    expect(cells.slice(2, -1)).toEqual(
      PROFILES.map((profile) => `\`${parseSettings({ "holdfast:profile": profile }).postgres.workMem}\``),
    );
  });
});

test("a section is replaced between its markers and nowhere else", () => {
  const page = "before\n<!-- x:begin -->\nold\n<!-- x:end -->\nafter <!-- y:begin --><!-- y:end -->";
  expect(filled(page, { page: "p", name: "x", content: "new\n" })).toBe(
    "before\n<!-- x:begin -->\nnew\n<!-- x:end -->\nafter <!-- y:begin --><!-- y:end -->",
  );
  expect(() => filled(page, { page: "p", name: "z", content: "" })).toThrow(
    "p has no <!-- z:begin --> … <!-- z:end -->",
  );
});

test("a table's cells keep to their column", () => {
  expect(table(["a"], [["x | y\n  z"]])).toBe("| a |\n| --- |\n| x \\| y z |");
});

/** The column of defaults in a component's tables, by argument. */
const defaultColumn = (component: (typeof COMPONENTS)[number]) =>
  Object.fromEntries(
    [...argumentsOf(component).matchAll(/^\| (`\w+`) \|.*$/gm)].map(([line, name]) => [
      name!,
      line!.split(/(?<!\\)\|/)[3]!.trim(),
    ]),
  );

describe("the default of an argument", () => {
  const postgres = COMPONENTS.find(({ className }) => className === "Postgres")!;

  test("is the value that the code goes by: another value there is another one here", () => {
    expect(defaultColumn(postgres)).toMatchObject({
      "`ttl`": "`20`",
      "`poolSize`": "`20`",
      "`backup`": "see `BackupArgs`",
      "`image`": "required",
    });
    const { FailoverSettings, PoolerArgs, ...others } = postgres.defaults as Record<string, Record<string, unknown>>;
    const changed = {
      ...others,
      FailoverSettings: { ...FailoverSettings, ttl: 31 },
      PoolerArgs: { ...PoolerArgs, poolSize: undefined },
    };
    expect(defaultColumn({ ...postgres, defaults: changed })).toMatchObject({ "`ttl`": "`31`", "`poolSize`": "none" });
  });

  test.each(COMPONENTS)("of $className is typed in no comment: it comes from settings.ts, or is words", (component) => {
    const typed = Object.entries(defaultColumn(component)).filter(([, text]) => /^("|\d|true|\[|\{)/.test(text));
    expect(typed).toEqual([]);
  });

  test.each(COMPONENTS)("of $className is typed nowhere in its code beside settings.ts", ({ folder }) => {
    const files = readdirSync(join(repository, "components", folder), { recursive: true, encoding: "utf8" }).filter(
      (file) => file.endsWith(".ts") && !file.endsWith(".test.ts"),
    );
    const typed = files.flatMap((file) =>
      [
        ...readFileSync(join(repository, "components", folder, file), "utf8").matchAll(
          /\b(?:args|backend|slo|target|objectStore|storage\?)\.\w+ \?\? (?:"[^"]+"|\d+|true|false|\{ \S).*/g,
        ),
      ].map(([text]) => `${file}: ${text}`),
    );
    // The name that node-exporter's namespace once had, by which its resource is still known.
    expect(typed.filter((text) => !text.includes('"holdfast-node"'))).toEqual([]);
  });
});

test("arguments come with inherited ones, defaults and written-out words", () => {
  const declarations = new Declarations(["components/load-balancer", "components/common"]);
  const properties = declarations.properties("LoadBalancerArgs");
  expect(properties[0]).toMatchObject({ name: "namespace", optional: false });
  expect(properties.find(({ name }) => name === "algorithm")).toMatchObject({
    optional: true,
    type: '"roundrobin" | "leastconn" | "source"',
  });
  expect(declarations.mentioned(properties)).toContain("Backend");
});
