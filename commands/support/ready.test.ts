import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { waitUntilServed } from "./ready";

/** A shop that gives these answers one after the other, the last one for ever. */
async function shop(...statuses: number[]): Promise<{ url: string; asked: () => number; close: () => void }> {
  let asked = 0;
  const server = createServer((_, response) => {
    response.statusCode = statuses[Math.min(asked++, statuses.length - 1)]!;
    response.end();
  });
  await new Promise<void>((listening) => {
    server.listen(0, "127.0.0.1", listening);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked: () => asked,
    close: () => server.close(),
  };
}

test("a balancer without servers is waited for, and any answer of the shop itself will do", async () => {
  const { url, asked, close } = await shop(503, 404);
  await waitUntilServed(url, () => undefined);
  close();
  expect(asked()).toBe(2);
});

test("who never serves is named, with what it said and where to look", async () => {
  const { url, close } = await shop(503);
  await expect(waitUntilServed(url, () => undefined, 0)).rejects.toThrow(
    /does not serve: the last answer was 503\.\n.*load-balancer/,
  );
  close();
});
