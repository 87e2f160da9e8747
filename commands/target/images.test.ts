import { cpSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { KEYS } from "../../config/keys";
import { repository } from "../../local/paths";
import { contentReference } from "./images";

test("an image's tag follows what its build sees, and the configuration takes it", () => {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-context-"));
  cpSync(join(repository, "components/postgres/image"), folder, { recursive: true });
  const before = contentReference("holdfast/postgres", folder);
  expect(before).toMatch(/^holdfast\/postgres:[0-9a-f]{16}$/);
  expect(KEYS.postgresImage.schema.safeParse(before).success).toBe(true);
  // What .dockerignore leaves out is not seen by the build.
  writeFileSync(join(folder, "notes.test.ts"), "");
  expect(contentReference("holdfast/postgres", folder)).toBe(before);
  writeFileSync(join(folder, "Dockerfile"), "FROM scratch\n");
  expect(contentReference("holdfast/postgres", folder)).not.toBe(before);
});

test.each(["web-app:latest", "web-app", "Web:1", "web-app@sha256:12"])(
  "%s names no image that stays the same",
  (reference) => {
    expect(KEYS.webAppImage.schema.safeParse(reference).success).toBe(false);
  },
);
