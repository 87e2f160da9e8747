import { expect, test } from "vitest";
import { namespacesMade, refusal } from "./adoption";
import type { Step } from "./data-loss";

const WANTED = { namespace: "shop", owner: "organization/holdfast/dev" };
const there = (metadata: object): string =>
  JSON.stringify({ kind: "Namespace", metadata: { name: "shop", ...metadata } });

test.each<[string, string | undefined, RegExp | undefined]>([
  ["is not there", "\n", undefined],
  ["can't be looked at", undefined, undefined],
  [
    "was made by hand",
    there({}),
    /^The namespace shop is on kind-mine already \(nobody's by name\)[^]*annotate namespace shop holdfast.dev\/given-to=organization\/holdfast\/dev$/,
  ],
  [
    "is another stack's",
    there({ annotations: { "holdfast.dev/owner": "organization/holdfast/staging" } }),
    /\(organization\/holdfast\/staging\).*somebody else's/,
  ],
  [
    "is that of a stack of the same name with another state",
    there({ annotations: { "holdfast.dev/owner": WANTED.owner } }),
    /the state was lost/,
  ],
  [
    "was given to another",
    there({ annotations: { "holdfast.dev/given-to": "organization/holdfast/staging" } }),
    /already/,
  ],
  ["was given to it", there({ annotations: { "holdfast.dev/given-to": WANTED.owner } }), undefined],
  [
    "is going",
    there({ deletionTimestamp: "2026-11-30T08:00:00Z", annotations: { "holdfast.dev/given-to": WANTED.owner } }),
    /still being deleted/,
  ],
])("a namespace that %s", (_what, found, sentence) => {
  const said = refusal(WANTED, "kind-mine", found);
  if (sentence === undefined) expect(said).toBeUndefined();
  else expect(said).toMatch(sentence);
});

test("the namespaces that a plan makes, each once", () => {
  const step = (op: string, type: string, name: string): Step => ({
    op,
    type,
    urn: `urn:${name}`,
    keys: [],
    made: { metadata: { name, annotations: { "holdfast.dev/owner": WANTED.owner } } },
  });
  const NAMESPACE = "kubernetes:core/v1:Namespace";
  const plan = [
    step("create", NAMESPACE, "shop"),
    step("create-replacement", NAMESPACE, "new"),
    step("replace", NAMESPACE, "new"),
    step("same", NAMESPACE, "old"),
    step("update", NAMESPACE, "edited"),
    step("delete", NAMESPACE, "gone"),
    step("create", "kubernetes:core/v1:Secret", "key"),
  ];
  expect(namespacesMade(plan)).toEqual([WANTED, { ...WANTED, namespace: "new" }]);
});
