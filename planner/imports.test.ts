import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";

it("the library that components import depends on nothing but itself", () => {
  const files = readdirSync(__dirname, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts") && !file.startsWith("simulation"));
  const imported = files.flatMap((file) => [...readFileSync(join(__dirname, file), "utf8").matchAll(/ from "([^"]+)"/g)].map(([, from]) => from!));
  expect(files.length).toBeGreaterThan(20);
  expect(imported.filter((from) => !from.startsWith("."))).toEqual([]);
  expect(imported.filter((from) => from.includes("simulation"))).toEqual([]);
});
