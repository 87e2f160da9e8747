import { expect, test } from "vitest";
import { staleNaming } from "./autonaming";

test.each([
  [undefined, undefined],
  [{ mode: "default" }, undefined],
  [{ mode: "verbatim" }, "mode verbatim"],
  [{ mode: "disabled" }, "mode disabled"],
  [{ pattern: "${name}-${hex(6)}" }, undefined],
  [{ pattern: "${project}-${name}" }, "pattern ${project}-${name}"],
  [
    {
      pattern: "${name}-${num(3)}",
      providers: { aws: { resources: { "aws:s3/bucket:Bucket": { mode: "default" } } } },
    },
    undefined,
  ],
  [
    {
      mode: "default",
      providers: { kubernetes: { resources: { "kubernetes:core/v1:ConfigMap": { mode: "verbatim" } } } },
    },
    "mode verbatim",
  ],
  [{ providers: { kubernetes: { pattern: "${name}-${uuid}" } } }, undefined],
])("of %j the part that gives an old name anew is %s", (setting, found) => {
  expect(staleNaming(setting)).toBe(found);
});
