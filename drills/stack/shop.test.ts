import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { wholeStack } from "../../test/drills/whole-stack";
import { checkShop, checkWhole } from "./guard";
import { shopIsReady, whatServes } from "./shop";

const never = new AbortController().signal;
const ORDERS_PATH = "/orders?keyPrefix=drill-none&limit=1";

let server: Server;
let url: string;
/** Status and body by path; 404 for the others, as programs answer. */
let pages: Record<string, [number, string]>;
let asked: string[];
/** Whether it answers at all. */
let silent: boolean;

beforeEach(async () => {
  asked = [];
  silent = false;
  server = createServer((request, response) => {
    asked.push(request.url!);
    if (silent) return;
    const [status, body] = pages[request.url!] ?? [404, "<h1>Not Found</h1>"];
    response.writeHead(status).end(body);
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => {
  server.close();
  server.closeAllConnections();
});

describe("what serves at the shop's address", () => {
  it("the shop, by its two answers", async () => {
    pages = { "/readyz": [200, "{}"], [ORDERS_PATH]: [200, '{"orders":[]}'] };
    expect(await whatServes(url, never)).toEqual({ what: "shop" });
    expect(asked).toEqual(["/readyz", ORDERS_PATH]);
  });

  it.each<[string, Record<string, [number, string]>, RegExp]>([
    ["a program without /readyz", {}, /^GET \S+\/readyz is answered 404, and the shop answers 200$/],
    ["one that asks for another Host", { "/readyz": [400, ""] }, /\/readyz is answered 400/],
    ["one that sends elsewhere", { "/readyz": [301, ""] }, /\/readyz is answered 301/],
    [
      "one that has /readyz and no orders",
      { "/readyz": [200, "ok"] },
      /\/orders\S+ is answered 404, and the shop answers 200 and a list/,
    ],
    [
      "one that has a page for every path",
      { "/readyz": [200, "<html>"], [ORDERS_PATH]: [200, "<html>"] },
      /answered 200 with another body/,
    ],
    [
      "one whose orders look otherwise",
      { "/readyz": [200, "null"], [ORDERS_PATH]: [200, "null"] },
      /answered 200 with another body/,
    ],
  ])("%s is another program", async (_, given, clause) => {
    pages = given;
    const serves = await whatServes(url, never);
    expect(serves).toMatchObject({ what: "another program", clause: expect.stringMatching(clause) as string });
    expect(() => checkShop(serves)).toThrow(
      /^The stack serves no shop: GET http:\S+ is answered [^.]*; drills put their load on the shop/,
    );
  });

  it.each<[string, Record<string, [number, string]>]>([
    ["a balancer without a server", { "/readyz": [503, "503 Service Unavailable"] }],
    ["a shop without its database", { "/readyz": [200, "{}"], [ORDERS_PATH]: [503, "{}"] }],
  ])("%s may be the shop later, and is not whole now", async (_, given) => {
    pages = given;
    const serves = await whatServes(url, never);
    expect(() => checkShop(serves)).not.toThrow();
    expect(() => checkWhole(wholeStack(), serves)).toThrow(/not whole \(GET \S+ is answered 503\)/);
  });

  it("nobody who listens is no other program", async () => {
    expect(await shopIsReady("http://127.0.0.1:1", never)).toEqual({
      what: "nothing",
      clause: "GET http://127.0.0.1:1/readyz is not answered (ECONNREFUSED)",
    });
  });

  it("is not asked any further once the drill is interrupted", async () => {
    silent = true;
    const controller = new AbortController();
    const question = shopIsReady(url, controller.signal);
    controller.abort(new Error("interrupted"));
    await expect(question).rejects.toThrow("interrupted");
  });
});
