import type { IncomingHttpHeaders } from "node:http";
import { describe, expect, test } from "vitest";
import {
  ask,
  balancer,
  EVERY,
  passing,
  pod,
  READY,
  serving,
  status,
  until,
  type Pod,
} from "../../test/support/balancer";
import { haproxyMissing } from "../../test/support/haproxy";
import { haproxyConfig, SERVERS_PATH } from "./haproxy-config";

describe.skipIf(haproxyMissing !== undefined)(`HAProxy itself (${haproxyMissing ?? "at work"})`, () => {
  test("its check carries Host and headers, and what the kubelet takes for a success passes", async () => {
    const hosts: IncomingHttpHeaders[] = [];
    const strict = await pod(({ headers }, response) => {
      hosts.push(headers);
      response.writeHead(headers.host === "shop.example" ? 204 : 400).end();
    });
    const headers = { Host: "shop.example", "X-Forwarded-Proto": "https", "X-Note": `100 % "quoted" #1 \\ it's` };
    const running = await balancer({ [READY]: [strict], [EVERY]: [] }, serving({ checkHeaders: headers }));
    await until(async () => (await passing(running, "servers")) === 1 && hosts.length > 2);
    expect(hosts.at(-1)).toMatchObject({
      host: "shop.example",
      "x-forwarded-proto": "https",
      "x-note": headers["X-Note"],
    });
    expect((await ask(running.port)).status).toBe(200);
  });

  test("answers are counted for each server by its address, and failures apart", async () => {
    const [well, sick] = [await pod(status(200)), await pod(status(200), status(503))];
    const running = await balancer({ [READY]: [well, sick], [EVERY]: [well, sick] });
    await until(async () => (await passing(running, "servers")) === 2);
    for (let request = 0; request < 10; request++) await ask(running.port, { method: "POST" });
    const text = await (await fetch(`http://127.0.0.1:${running.operations}${SERVERS_PATH}`)).text();
    const count = (of: Pod, outcome: string) => {
      const labels = `proxy="servers",server="127.0.0.1:${of.port}",pod_ip="127.0.0.1",outcome="${outcome}"`;
      return text
        .split("\n")
        .find((line) => line.startsWith(`holdfast_server_answers_total{${labels}}`))
        ?.split(" ")[1];
    };
    expect([count(well, "ok"), count(well, "failed"), count(sick, "ok"), count(sick, "failed")]).toEqual([
      "5",
      "0",
      "0",
      "5",
    ]);
    expect(text.split("\n").filter((line) => line.startsWith("holdfast_server_answer_seconds"))).toHaveLength(4);
  });

  const claimed = {
    "X-Forwarded-Proto": "https",
    "X-Forwarded-For": "203.0.113.9",
    "X-Forwarded-Host": "evil.example",
    "X-Forwarded-Port": "443",
    Forwarded: "proto=https",
    "X-Real-IP": "203.0.113.9",
    X_Forwarded_Proto: "https",
    "X-Scheme": "https",
  };

  test("what a client claims of its way here is dropped, in whatever spelling", async () => {
    const app = await pod(status(200));
    const running = await balancer({ [READY]: [app], [EVERY]: [app] });
    await until(async () => (await passing(running, "servers")) === 1);
    await ask(running.port, { headers: claimed });
    const said = Object.entries(app.seen[0]!).filter(([name]) => /forwarded|scheme|real/.test(name));
    expect(Object.fromEntries(said)).toEqual({ "x-forwarded-for": "127.0.0.1", "x-forwarded-proto": "http" });
  });

  test.each(["connection", "header"] as const)(
    "behind a TCP balancer that ends TLS and says nothing, clients by %s are on https",
    async (clientAddress) => {
      const app = await pod(status(200));
      for (const trustedHops of [["127.0.0.1/32"], ["10.0.0.0/8"]]) {
        const running = await balancer(
          { [READY]: [app], [EVERY]: [app] },
          { clientAddress, trustedHops, entryScheme: "https" },
        );
        await until(async () => (await passing(running, "servers")) === 1);
        await ask(running.port);
        await ask(running.port, { headers: { "X-Forwarded-Proto": "http" } });
      }
      // A hop's own word counts where headers are read; who is no hop has come past the balancer in front.
      const said =
        clientAddress === "connection" ? ["https", "https", "https", "https"] : ["https", "http", "http", "http"];
      expect(app.seen.map((headers) => headers["x-forwarded-proto"])).toEqual(said);
    },
  );

  test("a hop that is named is believed, one that isn't named is not", async () => {
    const app = await pod(status(200));
    for (const trustedHops of [["127.0.0.1/32"], ["10.0.0.0/8"]]) {
      const running = await balancer({ [READY]: [app], [EVERY]: [app] }, { clientAddress: "header", trustedHops });
      await until(async () => (await passing(running, "servers")) === 1);
      await ask(running.port, { headers: claimed });
    }
    const [believed, refused] = app.seen;
    expect(believed).toMatchObject({
      "x-forwarded-proto": "https",
      "x-forwarded-host": "evil.example",
      "x-forwarded-for": "203.0.113.9",
    });
    expect(believed).not.toHaveProperty("x_forwarded_for");
    expect(refused).toMatchObject({ "x-forwarded-proto": "http", "x-forwarded-for": "127.0.0.1" });
    expect(refused).not.toHaveProperty("x-forwarded-host");
  });
});

const refused: [Record<string, string>, string][] = [
  [{ "X Note": "1" }, '"X Note"'],
  [{ Host: "a\nb" }, '"a\\nb"'],
  [{ Host: "" }, '""'],
];
test.each(refused)("%o is no header of a check", (checkHeaders, named) => {
  expect(() => haproxyConfig(serving({ checkHeaders }))).toThrow(named);
});
