import { expect, test } from "vitest";
import { startObstacle } from "./engine";

const chances = { platform: "linux", root: true, installed: false, installable: true } as const;

test.each([
  [
    "on a Mac the user starts it",
    { ...chances, platform: "darwin" as const },
    "start Docker Desktop, Colima or OrbStack",
  ],
  ["without root nothing is installed", { ...chances, root: false }, "start Docker (or run as root"],
  ["without apt-get neither", { ...chances, installable: false }, "install Docker"],
])("%s", (_what, here, fix) => {
  expect(startObstacle(here)).toContain(fix);
});

test("root with apt-get, or with dockerd, gets one", () => {
  expect(startObstacle(chances)).toBeUndefined();
  expect(startObstacle({ ...chances, installed: true, installable: false })).toBeUndefined();
});
