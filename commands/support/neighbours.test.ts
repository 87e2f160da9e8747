import { expect, test } from "vitest";
import { refusal, type Neighbours } from "./neighbours";

test.each<[string, Neighbours, string[], string | undefined]>([
  ["nobody else's", { environments: [], namespaces: [] }, [], undefined],
  [
    "another stack of this machine",
    { environments: ["staging"], namespaces: ["shop"] },
    ["namespace/shop"],
    "first npm run down -- --env staging. Nothing was removed.",
  ],
  [
    "volumes of others",
    { environments: [], namespaces: ["a", "b"] },
    [],
    "--destroys namespace/a --destroys namespace/b",
  ],
  ["one of two named", { environments: [], namespaces: ["a", "b"] }, ["namespace/a"], "volumes of others, in b,"],
  ["each named", { environments: [], namespaces: ["a", "b"] }, ["namespace/b", "namespace/a"], undefined],
])("down --all takes along %s", (_what, neighbours, named, words) => {
  const said = refusal(neighbours, named);
  if (words === undefined) expect(said).toBeUndefined();
  else expect(said).toContain(words);
});
