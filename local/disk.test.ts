import { expect, test } from "vitest";
import { demandDisk, diskShortage } from "./disk";

const GIB = 2 ** 30;

test("room enough is not mentioned", () => {
  expect(diskShortage(["compiling", "images", "cluster"], 40 * GIB, "/cache")).toBeUndefined();
  expect(diskShortage([], 0, "/cache")).toBeUndefined();
});

test("too little: how much there is, how much is needed, and what to do", () => {
  expect(diskShortage(["images", "cluster"], 3.5 * GIB, "/cache")).toMatch(
    /^There are 3\.5 GiB free at \/cache, and images, cluster need 18 GiB; .*HOLDFAST_CACHE/,
  );
});

/** A file system without room for anything. */
const FULL = process.platform === "linux" ? "/proc" : "/dev";

test("a folder that is yet to be made is judged by the disk it will be on", async () => {
  await expect(demandDisk([], "/nonexistent/deep/folder")).resolves.toBeUndefined();
  await expect(demandDisk(["cluster"], `${FULL}/nonexistent`)).rejects.toThrow(
    `There are 0.0 GiB free at ${FULL}/nonexistent`,
  );
});
