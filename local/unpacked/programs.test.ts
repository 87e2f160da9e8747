import { execaSync } from "execa";
import { expect, test } from "vitest";
import { localPath } from "../paths";
import { commandText } from "./programs";

test.each([
  [true, "nobody"],
  [false, "root"],
])("a command hands on its words as they are (never root: %s)", (neverRoot, becomes) => {
  const image = { root: "/a b/it's", path: "/bin:/usr/bin" };
  const text = commandText("printf", image, "initdb", neverRoot).replace("'-I' '-S'", "'%s\\n'");
  const { stdout } = execaSync("sh", ["-c", text, "sh", "-D", "two words"]);
  const words = [localPath("unpacked/enter.py"), image.root, image.path, becomes, "initdb", "-D", "two words"];
  expect(stdout.split("\n")).toEqual(words);
});
