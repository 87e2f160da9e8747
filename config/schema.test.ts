import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { KEYS } from "./keys";

const declared = (parse(readFileSync(join(__dirname, "../Pulumi.yaml"), "utf8")) as { config: Record<string, unknown> })
  .config;

test("Pulumi.yaml declares exactly the keys that the program reads, with types, defaults and words", () => {
  const read = Object.fromEntries(
    Object.entries(KEYS).map(([name, key]) => [
      name,
      {
        type: key.type,
        default: key.type === "integer" ? Number(key.default) : key.default,
        description: key.description,
      },
    ]),
  );
  expect(declared).toEqual(read);
});

test.each(Object.entries(KEYS))(
  "%s: the example that an error suggests is accepted, and so is the default",
  (_name, key) => {
    expect(key.schema.safeParse(key.example).success).toBe(true);
    if (!key.byProfile) expect(key.schema.safeParse(key.default).success).toBe(true);
  },
);
