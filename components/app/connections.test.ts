import { expect, test } from "vitest";
import { withPassword } from "./connections";

test.each([
  ["postgresql://app@a:6432,b:6432/site?x=1", "app_2", "postgresql://app_2:$(value)@a:6432,b:6432/site?x=1"],
  ["postgresql://app@a:6432/site", "owner", "postgresql://owner:$(value)@a:6432/site"],
  ["postgresql://[fd00::1]:6432/site", "app", "postgresql://app:$(value)@[fd00::1]:6432/site"],
])("%s, as %s, is %s", (url, user, expected) => {
  expect(withPassword(url, user)).toBe(expected);
});
