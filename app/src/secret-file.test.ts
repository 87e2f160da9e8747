import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { secretFile } from "./secret-file.js";

const folder = mkdtempSync(join(tmpdir(), "secret-"));
afterEach(() => rmSync(folder, { recursive: true }));

it("sees a rotated secret at the next use, without the file's newline", () => {
  const path = join(folder, "password");
  writeFileSync(path, "first\n");
  const read = secretFile(path);
  expect(read()).toBe("first");
  writeFileSync(path, "second");
  expect(read()).toBe("second");
});
