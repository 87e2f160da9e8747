import { expect, test } from "vitest";
import { wholeStack } from "../test/drills/whole-stack";
import { words } from "../test/drills/planned";
import { during } from "./during";

test("a command of the user's is run by the shell as it was typed, and nobody may notice it", () => {
  const drill = during("npm run up && echo 'done'");
  const { fault, heal, pods, nodes } = drill.plan(wholeStack());
  expect(fault.map(words)).toEqual(["sh -c npm run up && echo 'done'"]);
  expect([heal, pods, nodes]).toEqual([[], [], []]);
  expect(drill.expect).toMatchObject({ failedWrites: 0, failedReads: 0 });
});
