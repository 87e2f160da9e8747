import { expect, test } from "vitest";
import { demandOneName, demandTypedAgain } from "./consent";

test.each([
  [undefined, undefined, true],
  ["postgres-1", undefined, true],
  ["postgres-1", "postgres-1", true],
  ["postgres-1", "postgres-2", false],
  [undefined, "postgres-2", false],
])("--to %s with --accept-loss %s is allowed: %s", (to, acceptLoss, allowed) => {
  const demand = () => demandOneName(to, acceptLoss);
  if (allowed) demand();
  else expect(demand).toThrow("have to name one member");
});

test.each([
  ["postgres-1", "postgres-1", undefined],
  ["postgres-1", "postgres-2", "Nothing was changed"],
  ["postgres-1", "", "Nothing was changed"],
])("to make %s lead, %j is typed: %s", async (member, answer, refusal) => {
  const typing = demandTypedAgain(member, async () => answer);
  if (refusal === undefined) await typing;
  else await expect(typing).rejects.toThrow(refusal);
});

test("without a terminal, the option is named", () =>
  expect(demandTypedAgain("postgres-1", undefined)).rejects.toThrow("--accept-loss postgres-1"));
