import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ShopWay } from "./shop";

let server: Server;
let way: ShopWay;
let seen: IncomingMessage[];
let answer: (request: IncomingMessage) => { status: number; headers?: Record<string, string>; body?: unknown };

beforeEach(async () => {
  seen = [];
  server = createServer((request, response) => {
    seen.push(request);
    const { status, headers, body } = answer(request);
    response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body ?? {}));
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  way = new ShopWay(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, 1);
});
afterEach(async () => {
  await way.close();
  server.close();
});

const order = { id: "p-7", session: 1, due: 0, sent: 0, outcome: "acknowledged" as const, reference: "abc" };

describe("the shop's way", () => {
  it("places an order under its key, and names the order's number", async () => {
    answer = () => ({ status: 201, body: { id: "abc" } });
    expect(await way.write("p-7", 1)).toEqual({ ok: true, detail: "201", reference: "abc" });
    expect(seen[0]).toMatchObject({ method: "POST", url: "/orders", headers: { "idempotency-key": "p-7" } });
  });

  it("carries the latest position of each session, whatever order the answers come in", async () => {
    const positions = ["0/200", "0/100", "0/90"];
    answer = () => ({ status: 201, headers: { "x-session-lsn": positions.shift() ?? "0/1" } });
    await way.write("p-1", 1);
    await way.write("p-2", 1);
    await way.write("p-3", 2);
    await way.read(1, undefined);
    await way.read(2, undefined);
    await way.read(3, undefined);
    expect(seen.slice(3).map((request) => request.headers["x-session-lsn"])).toEqual(["0/200", "0/90", undefined]);
  });

  it("tells an order that is not found, which is an answer, from no answer", async () => {
    answer = () => ({ status: 404 });
    expect(await way.read(1, order)).toEqual({ ok: true, detail: "404", found: false });
    answer = () => ({ status: 503 });
    expect(await way.read(1, order)).toMatchObject({ ok: false, detail: "503" });
    answer = () => ({ status: 200, body: { idempotencyKey: "p-7" } });
    expect(await way.read(1, order)).toEqual({ ok: true, detail: "200", found: true });
    expect(seen.every((request) => request.url === "/orders/abc")).toBe(true);
  });

  it("answers with the reason where nobody listens", async () => {
    const nobody = new ShopWay("http://127.0.0.1:1", 1);
    expect(await nobody.write("p-1", 1)).toEqual({ ok: false, detail: "ECONNREFUSED" });
    await nobody.close();
  });
});
