import { connect, createServer, type ClientHttp2Session } from "node:http2";
import { once } from "node:events";
import { request } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { balancer, passing, pod, service, status, undo, until } from "../../test/support/balancer";
import { haproxyMissing, type Listed, type RunningHaproxy } from "../../test/support/haproxy";
import type { HaproxySettings, ServiceSettings } from "./completed";
import { SERVERS_PATH } from "./haproxy-config";
import type { Matched } from "./routes";

const names = (of: string) => ({ srvName: `_http._tcp.${of}.test`, reserveSrvName: `_http._tcp.${of}-every.test` });
const served = (name: string, change: Partial<ServiceSettings> = {}) => ({
  ...service,
  name,
  ...names(name),
  ...change,
});
const listed = (of: string, pods: Listed[]) => ({ [names(of).srvName]: pods, [names(of).reserveSrvName]: pods });

const SHOP = "shop.example.com";
const matched: Matched[] = [
  { host: SHOP, path: "/api/v1.0", service: "old" },
  { host: SHOP, path: "/api", service: "api" },
  { host: SHOP, path: "", service: "web" },
  { host: "*.example.com", path: "", service: "old" },
  { host: undefined, path: "/status", service: "api" },
];
const settings: Partial<HaproxySettings> = { services: ["web", "api", "old"].map((name) => served(name)), matched };

/** One request by host and path: its status, and what it was answered. */
function get({ port }: RunningHaproxy, host: string, path = "/", method = "GET"): Promise<string> {
  return new Promise((resolve) => {
    const asked = request({ host: "127.0.0.1", port, path, method, headers: { Host: host } }, async (response) => {
      let text = "";
      for await (const part of response) text += String(part);
      resolve(`${response.statusCode} ${text.trim()}`);
    });
    asked.on("error", (error) => resolve(error.message)).end();
  });
}

const says = (text: string) => pod(status(200), (_, response) => response.end(text));

/** HTTP/2 without TLS that answers with its own number and counts its requests, as a gRPC server would. */
async function grpcPod(): Promise<Listed & { requests: number; connections: number }> {
  const counts = { requests: 0, connections: 0 };
  const server = createServer((_, response) => {
    counts.requests++;
    response.writeHead(200, { "content-type": "application/grpc" });
    response.addTrailers({ "grpc-status": "0" });
    response.end("answer");
  }).on("session", () => counts.connections++);
  await once(server.listen(0, "127.0.0.1"), "listening");
  undo.push(async () => server.close());
  return Object.assign(counts, { address: "127.0.0.1", port: (server.address() as AddressInfo).port });
}

/** A call over a connection that others use, too: status and trailer. */
function call(client: ClientHttp2Session, authority: string, path: string): Promise<string> {
  const headers = { ":method": "POST", ":path": path, ":authority": authority, te: "trailers" };
  const stream = client.request({ ...headers, "content-type": "application/grpc" });
  let [code, trailer] = ["", ""];
  stream.on("response", (got) => (code = String(got[":status"])));
  stream.on("trailers", (got) => (trailer = String(got["grpc-status"])));
  stream.resume().end("question");
  return new Promise((resolve) => {
    stream.on("close", () => resolve(`${code} ${trailer}`)).on("error", (error) => resolve(error.message));
  });
}

describe.skipIf(haproxyMissing !== undefined)(
  `HAProxy itself (${haproxyMissing ?? "at work"}), several services`,
  () => {
    test("a request goes where host and path say, and nowhere else", async () => {
      const [web, api, old] = [await says("web"), await says("api"), await says("old")];
      const running = await balancer(
        { ...listed("web", [web]), ...listed("api", [api]), ...listed("old", [old]) },
        settings,
      );
      for (const set of ["web", "api", "old"])
        await until(async () => (await passing(running, `servers-${set}`)) === 1);
      const cases: [string, string, string][] = [
        [SHOP, "/", "200 web"],
        ["SHOP.example.com:8080", "/", "200 web"],
        ["shop.example.com.", "/", "200 web"],
        [SHOP, "/api", "200 api"],
        [SHOP, "/api?x=1", "200 api"],
        [SHOP, "/api/orders/7", "200 api"],
        [SHOP, "/apis", "200 web"],
        [SHOP, "/x/api", "200 web"],
        [SHOP, "/api/v1.0/orders", "200 old"],
        [SHOP, "/api/v1x0/orders", "200 api"],
        ["blog.example.com", "/api", "200 old"],
        ["a.blog.example.com", "/", "404 No such host or path."],
        ["example.com", "/", "404 No such host or path."],
        ["blogxexample.com", "/", "404 No such host or path."],
        ["elsewhere.test", "/status/all", "200 api"],
        ["elsewhere.test", "/", "404 No such host or path."],
        [SHOP, "/metrics", "404 "],
      ];
      const got = await Promise.all(cases.map(([host, path]) => get(running, host, path)));
      expect(cases.map(([host, path], index) => `${host}${path}: ${got[index]!.replace(/<.*/s, "")}`)).toEqual(
        cases.map(([host, path, answer]) => `${host}${path}: ${answer}`),
      );
    });

    test("one service's outage is its own: the other answers, and metrics tell them apart", async () => {
      const [web, api] = [await says("web"), await says("api")];
      const running = await balancer({ ...listed("web", [web]), ...listed("api", [api]) }, settings);
      for (const set of ["web", "api"]) await until(async () => (await passing(running, `servers-${set}`)) === 1);
      api.server.close().closeAllConnections();
      Object.assign(running.names, listed("api", []));
      await until(async () => (await passing(running, "servers-api")) === 0);
      const out = get(running, SHOP, "/api", "POST");
      const times: number[] = [];
      for (let request = 0; request < 40; request++) {
        const began = performance.now();
        expect(await get(running, SHOP)).toBe("200 web");
        times.push(performance.now() - began);
        await sleep(25);
      }
      // Less than what a request to the other service waits.
      expect(Math.max(...times)).toBeLessThan(4_000);
      expect(await out).toBe("503 No server.");
      const metrics = await (await fetch(`http://127.0.0.1:${running.operations}/metrics`)).text();
      const failed = (set: string) =>
        metrics.match(new RegExp(`http_responses_total\\{proxy="${set}",code="5xx"\\} (\\d+)`))?.[1];
      expect([failed("servers-api"), failed("servers-web")]).toEqual(["1", "0"]);
      const servers = await (await fetch(`http://127.0.0.1:${running.operations}${SERVERS_PATH}`)).text();
      const left = servers.split("\n").filter((line) => line.startsWith("holdfast_server_left_out"));
      expect(left).toContain(
        `holdfast_server_left_out{proxy="servers-web",server="127.0.0.1:${web.port}",pod_ip="127.0.0.1",service="web"} 0`,
      );
    }, 30_000);

    test("a service that gives no answers does not take the connections of the others", async () => {
      const [web, api] = [await says("web"), await pod(status(200), () => undefined)];
      // A hundredth of the room: 40 connections, of which each of three services may take 13.
      const small = (config: string) =>
        config.replaceAll(" 4000", " 40").replaceAll(" 2000", " 20").replaceAll(" 1333", " 13");
      const running = await balancer({ ...listed("web", [web]), ...listed("api", [api]) }, settings, small);
      for (const set of ["web", "api"]) await until(async () => (await passing(running, `servers-${set}`)) === 1);
      const hung = Array.from({ length: 60 }, () => get(running, SHOP, "/api", "POST"));
      const refused = new Set<string>();
      for (const one of hung) void one.then((answer) => refused.add(answer));
      await until(async () => refused.size > 0);
      expect([...refused]).toEqual(["503 Too many requests under way."]);
      for (let request = 0; request < 20; request++) expect(await get(running, SHOP)).toBe("200 web");
    }, 30_000);

    test("gRPC: requests of one connection are spread over the pods, beside a service that speaks HTTP", async () => {
      const [web, one, other] = [await says("web"), await grpcPod(), await grpcPod()];
      const running = await balancer(
        { ...listed("web", [web]), ...listed("rpc", [one, other]) },
        {
          services: [served("web"), served("rpc", { protocol: "grpc" })],
          matched: [
            { host: undefined, path: "/shop.Orders", service: "rpc" },
            { host: undefined, path: "", service: "web" },
          ],
        },
      );
      await until(
        async () => (await passing(running, "servers-rpc")) === 2 && (await passing(running, "servers-web")) === 1,
      );
      const client = connect(`http://127.0.0.1:${running.port}`);
      undo.push(async () => client.destroy());
      const calls = Array.from({ length: 40 }, () => call(client, SHOP, "/shop.Orders/Place"));
      expect(new Set(await Promise.all(calls))).toEqual(new Set(["200 0"]));
      expect([one.requests, other.requests]).toEqual([20, 20]);
      expect(await call(client, SHOP, "/")).toBe("200 ");
      expect(await get(running, SHOP)).toBe("200 web");
    }, 30_000);
  },
);
