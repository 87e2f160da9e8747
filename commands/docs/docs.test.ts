import { beforeAll, describe, expect, test } from "vitest";
import { PROFILES } from "../../config/keys";
import { parseSettings } from "../../config/parse";
import { declared } from "../../stack-graph";
import { Declarations } from "./declarations";
import { pages, sections } from "./pages";
import { filled, table, type Section } from "./sections";

describe("generated parts of the documentation", () => {
  let all: Section[];
  beforeAll(async () => { all = sections(await declared()); });

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
    for (const edge of ["clients --> load_balancer", "load_balancer --> web_app", "web_app --> postgres_pooler", "web_app --> redis"]) expect(picture).toContain(edge);
    expect(picture).not.toContain("web_app --> postgres\n");
  });

  test("a profile's value stands in its column", () => {
    const text = all.find(({ name }) => name === "profiles")?.content ?? "";
    const cells = text.split("\n").find((line) => line.includes("postgresWorkMem"))?.split("|").map((cell) => cell.trim()) ?? [];
    expect(cells.slice(2, -1)).toEqual(PROFILES.map((profile) => `\`${parseSettings({ "holdfast:profile": profile }).postgres.workMem}\``));
  });
});

test("a section is replaced between its markers and nowhere else", () => {
  const page = "before\n<!-- x:begin -->\nold\n<!-- x:end -->\nafter <!-- y:begin --><!-- y:end -->";
  expect(filled(page, { page: "p", name: "x", content: "new\n" })).toBe("before\n<!-- x:begin -->\nnew\n<!-- x:end -->\nafter <!-- y:begin --><!-- y:end -->");
  expect(() => filled(page, { page: "p", name: "z", content: "" })).toThrow("p has no <!-- z:begin --> … <!-- z:end -->");
});

test("a table's cells keep to their column", () => {
  expect(table(["a"], [["x | y\n  z"]])).toBe("| a |\n| --- |\n| x \\| y z |");
});

test("arguments come with inherited ones, defaults and written-out words", () => {
  const declarations = new Declarations(["components/load-balancer", "components/common"]);
  const properties = declarations.properties("LoadBalancerArgs");
  expect(properties[0]).toMatchObject({ name: "namespace", optional: false });
  expect(properties.find(({ name }) => name === "algorithm")).toMatchObject({
    optional: true, type: '"roundrobin" | "leastconn" | "source"', byDefault: '"leastconn"',
  });
  expect(declarations.mentioned(properties)).toContain("Backend");
});
