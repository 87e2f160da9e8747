import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { demandFree, isFree } from "./ports";

test("a port that something listens on is refused with what to do; once it is free, it is not", async () => {
  const listener = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => listener.once("listening", resolve));
  const { port } = listener.address() as AddressInfo;
  await expect(demandFree(port, "the shop", "set `url` to another port")).rejects.toThrow(
    `Port ${port} of 127.0.0.1, which the shop needs, is taken`,
  );
  await new Promise((resolve) => listener.close(resolve));
  expect(await isFree(port)).toBe(true);
});
