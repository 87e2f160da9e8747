import { expect, test } from "vitest";
import { refusal } from "./namespace-guard";

const WANTED = { context: "kind-mine", namespace: "shop", owner: "organization/holdfast/dev" };
const there = (metadata: object): string => JSON.stringify({ kind: "Namespace", metadata: { name: "shop", ...metadata } });

test.each<[string, string, RegExp | undefined]>([
  ["is not there", "\n", undefined],
  ["was made by hand", there({}), /^The namespace shop is on kind-mine already.*annotate namespace shop holdfast.dev\/given-to=organization\/holdfast\/dev$/],
  ["is another stack's", there({ annotations: { "holdfast.dev/owner": "organization/holdfast/staging" } }), /somebody else's/],
  ["is that of a stack of the same name with another state", there({ annotations: { "holdfast.dev/owner": WANTED.owner } }), /the state was lost/],
  ["was given to another", there({ annotations: { "holdfast.dev/given-to": "organization/holdfast/staging" } }), /already/],
  ["was given to it", there({ annotations: { "holdfast.dev/given-to": WANTED.owner } }), undefined],
  ["is going", there({ deletionTimestamp: "2026-11-30T08:00:00Z", annotations: { "holdfast.dev/given-to": WANTED.owner } }), /still being deleted/],
])("a namespace that %s", (_what, found, sentence) => {
  const said = refusal(WANTED, found);
  if (sentence === undefined) expect(said).toBeUndefined();
  else expect(said).toMatch(sentence);
});
