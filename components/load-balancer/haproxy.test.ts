import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { Agent, createServer, request, type IncomingHttpHeaders, type RequestListener, type Server } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, describe, expect, test } from "vitest";
import { haproxyMissing, runHaproxy, type Listed, type RunningHaproxy } from "../../test/support/haproxy";
import { CLIENT_PORT, CONFIG_PATH, haproxyConfig, haproxyFiles, METRICS_PORT, SERVERS_PATH, type HaproxySettings } from "./haproxy-config";

const READY = "_http._tcp.ready.test";
const EVERY = "_http._tcp.every.test";
const settings: HaproxySettings = {
  algorithm: "roundrobin", clientAddress: "connection", trustedHops: ["127.0.0.1/32"], entryScheme: "http",
  srvName: READY, reserveSrvName: EVERY,
  protocol: "http", checkPath: "/readyz", checkHeaders: { Host: "shop.example" }, maxServers: 5,
  answerSeconds: 30, readAnswerSeconds: 12, idempotencyHeader: "Idempotency-Key",
};

/** An application's pod; `seen` are the headers of the requests that were no checks. */
interface Pod extends Listed { server: Server; seen: IncomingHttpHeaders[] }

/** What an answer was and how long it took; status 0 where there was none. */
interface Got { status: number; ms: number; by: string }

const undo: (() => Promise<unknown>)[] = [];
afterEach(async () => { for (const step of undo.splice(0).reverse()) await step(); });

async function pod(check: RequestListener, serve: RequestListener = (_, response) => response.end("ok")): Promise<Pod> {
  const seen: IncomingHttpHeaders[] = [];
  const server = createServer((incoming, response) => {
    if (incoming.url === "/readyz") return check(incoming, response);
    seen.push(incoming.headers);
    response.setHeader("pod", String((server.address() as { port: number }).port));
    return serve(incoming, response);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  undo.push(async () => { server.closeAllConnections(); server.close(); });
  return { server, seen, address: "127.0.0.1", port: (server.address() as { port: number }).port };
}

const status = (code: number): RequestListener => (_, response) => response.writeHead(code).end();

async function balancer(
  names: Record<string, Listed[]>, change: Partial<HaproxySettings> = {},
): Promise<RunningHaproxy> {
  const from = { clients: CLIENT_PORT, operations: METRICS_PORT, folder: CONFIG_PATH };
  const running = await runHaproxy(haproxyFiles({ ...settings, ...change }), from, names);
  undo.push(() => running.stop());
  return running;
}

interface Question { agent?: Agent; method?: string; headers?: Record<string, string> }

function ask(port: number, { agent, method = "GET", headers = {} }: Question = {}): Promise<Got> {
  const began = performance.now();
  const got = (code: number, by = ""): Got => ({ status: code, ms: performance.now() - began, by });
  return new Promise((resolve) => {
    const asked = request({ port, method, agent, headers, path: "/", host: "127.0.0.1" }, (response) => {
      response.resume().on("end", () => resolve(got(response.statusCode!, String(response.headers["pod"]))));
    });
    asked.on("error", () => resolve(got(0))).end();
  });
}

/** How many servers of a set pass their check, by HAProxy's own word. */
async function passing({ operations }: RunningHaproxy, set: string): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${operations}/metrics`)).text();
  return Number(new RegExp(`haproxy_backend_active_servers\\{proxy="${set}"\\} (\\d+)`).exec(text)?.[1] ?? NaN);
}

async function until(holds: () => Promise<boolean>, seconds = 8): Promise<void> {
  for (const end = Date.now() + 1000 * seconds; !(await holds());) {
    if (Date.now() > end) throw new Error(`not so after ${seconds} s`);
    await sleep(50);
  }
}

/** Ports on which every attempt to connect is left without an answer, as at the address of a pod that was deleted. */
async function nobody(ports: number[]): Promise<void> {
  const listen = [
    "import socket, sys, time",
    "kept = []",
    "for port in map(int, sys.argv[1:]):",
    "    s = socket.socket(); s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)",
    "    s.bind(('127.0.0.1', port)); s.listen(0); kept.append(s)",
    "    for _ in range(4):",
    "        c = socket.socket(); c.setblocking(False); c.connect_ex(('127.0.0.1', port)); kept.append(c)",
    "print('full', flush=True); time.sleep(60)",
  ].join("\n");
  const holder: ChildProcess = spawn("python3", ["-c", listen, ...ports.map(String)], { stdio: ["ignore", "pipe", "inherit"] });
  undo.push(async () => { holder.kill(); });
  await once(holder.stdout!, "data");
}

describe.skipIf(haproxyMissing !== undefined)(`HAProxy itself (${haproxyMissing ?? "at work"})`, () => {
  test("its check carries the Host and the headers it was told, and what the kubelet takes for a success passes", async () => {
    const hosts: IncomingHttpHeaders[] = [];
    const strict = await pod(({ headers }, response) => {
      hosts.push(headers);
      response.writeHead(headers.host === "shop.example" ? 204 : 400).end();
    });
    const headers = { Host: "shop.example", "X-Forwarded-Proto": "https", "X-Note": `100 % "quoted" #1 \\ it's` };
    const running = await balancer({ [READY]: [strict], [EVERY]: [] }, { checkHeaders: headers });
    await until(async () => (await passing(running, "servers")) === 1 && hosts.length > 2);
    expect(hosts.at(-1)).toMatchObject({ host: "shop.example", "x-forwarded-proto": "https", "x-note": headers["X-Note"] });
    expect((await ask(running.port)).status).toBe(200);
  });

  test("while one server passes its check, no other gets a request; when none does, every one that accepts connections does", async () => {
    const [well, sick, unready] = [await pod(status(200)), await pod(status(503)), await pod(status(503))];
    const running = await balancer({ [READY]: [well, sick], [EVERY]: [well, sick, unready] });
    await until(async () => (await passing(running, "servers")) === 1 && (await passing(running, "reserve")) === 3);
    const by = async () => {
      const all = await Promise.all(Array.from({ length: 12 }, () => ask(running.port)));
      return new Set(all.map((got) => `${got.status} ${got.by}`));
    };
    expect(await by()).toEqual(new Set([`200 ${well.port}`]));
    well.server.removeAllListeners("request");
    well.server.on("request", (incoming, response) => {
      if (incoming.url === "/readyz") return; // Every worker is held up: the check gets no answer.
      response.setHeader("pod", String(well.port)).end("from the cache");
    });
    await until(async () => (await passing(running, "servers")) === 0);
    expect(await by()).toEqual(new Set([well, sick, unready].map(({ port }) => `200 ${port}`)));
  });

  /** Twenty keep-alive clients that three servers have served, and what they get from the moment `gone` is done. */
  async function whenAllGo(gone: (pods: Pod[]) => Promise<unknown>): Promise<(Got & { at: number })[]> {
    const pods = [await pod(status(200)), await pod(status(200)), await pod(status(200))];
    const running = await balancer({ [READY]: pods, [EVERY]: pods }, { algorithm: "leastconn" });
    await until(async () => (await passing(running, "servers")) === 3 && (await passing(running, "reserve")) === 3);
    const agent = new Agent({ keepAlive: true, maxSockets: 20 });
    undo.push(async () => agent.destroy());
    const many = (method: string) => Promise.all(Array.from({ length: 20 }, () => ask(running.port, { agent, method })));
    expect((await many("GET")).every((got) => got.status === 200)).toBe(true);
    for (const { server } of pods) server.close().closeAllConnections();
    await gone(pods);
    const answers: (Got & { at: number })[] = [];
    for (const began = Date.now(); Date.now() < began + 4_000; await sleep(100)) {
      const at = Date.now() - began;
      answers.push(...(await many("POST")).map((got) => ({ ...got, at })));
    }
    return answers;
  }

  test("when all servers have stopped, every request is answered 503, within 2 s at first and soon at once", async () => {
    const answers = await whenAllGo(async () => undefined);
    expect(answers.filter((got) => got.status !== 503)).toEqual([]);
    expect(Math.max(...answers.map(({ ms }) => ms))).toBeLessThan(2_000);
    expect(answers.filter(({ at, ms }) => at > 2_500 && ms > 200)).toEqual([]);
  });

  test("when all have vanished without a word, so is every request that comes 2.5 s later", async () => {
    const answers = await whenAllGo((pods) => nobody(pods.map(({ port }) => port)));
    expect(answers.filter((got) => got.at > 2_500 && (got.status !== 503 || got.ms > 200))).toEqual([]);
    expect(Math.max(...answers.map(({ ms }) => ms))).toBeLessThan(2_500);
  });

  test("answers are counted for each server by its address, and failures apart", async () => {
    const [well, sick] = [await pod(status(200)), await pod(status(200), status(503))];
    const running = await balancer({ [READY]: [well, sick], [EVERY]: [well, sick] });
    await until(async () => (await passing(running, "servers")) === 2);
    for (let request = 0; request < 10; request++) await ask(running.port, { method: "POST" });
    const text = await (await fetch(`http://127.0.0.1:${running.operations}${SERVERS_PATH}`)).text();
    const count = (of: Pod, outcome: string) => {
      const labels = `proxy="servers",server="127.0.0.1:${of.port}",pod_ip="127.0.0.1",outcome="${outcome}"`;
      return text.split("\n").find((line) => line.startsWith(`holdfast_server_answers_total{${labels}}`))?.split(" ")[1];
    };
    expect([count(well, "ok"), count(well, "failed"), count(sick, "ok"), count(sick, "failed")]).toEqual(["5", "0", "0", "5"]);
    expect(text.split("\n").filter((line) => line.startsWith("holdfast_server_answer_seconds"))).toHaveLength(4);
  });

  const claimed = {
    "X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.9", "X-Forwarded-Host": "evil.example", "X-Forwarded-Port": "443",
    Forwarded: "proto=https", "X-Real-IP": "203.0.113.9", X_Forwarded_Proto: "https", "X-Scheme": "https",
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
    "behind a TCP balancer that ends TLS and says nothing, clients by %s are on https", async (clientAddress) => {
      const app = await pod(status(200));
      for (const trustedHops of [["127.0.0.1/32"], ["10.0.0.0/8"]]) {
        const running = await balancer({ [READY]: [app], [EVERY]: [app] }, { clientAddress, trustedHops, entryScheme: "https" });
        await until(async () => (await passing(running, "servers")) === 1);
        await ask(running.port);
        await ask(running.port, { headers: { "X-Forwarded-Proto": "http" } });
      }
      // A hop's own word counts where headers are read; who is no hop has come past the balancer in front.
      const said = clientAddress === "connection" ? ["https", "https", "https", "https"] : ["https", "http", "http", "http"];
      expect(app.seen.map((headers) => headers["x-forwarded-proto"])).toEqual(said);
    });

  test("a hop that is named is believed, one that isn't named is not", async () => {
    const app = await pod(status(200));
    for (const trustedHops of [["127.0.0.1/32"], ["10.0.0.0/8"]]) {
      const running = await balancer({ [READY]: [app], [EVERY]: [app] }, { clientAddress: "header", trustedHops });
      await until(async () => (await passing(running, "servers")) === 1);
      await ask(running.port, { headers: claimed });
    }
    const [believed, refused] = app.seen;
    expect(believed).toMatchObject({ "x-forwarded-proto": "https", "x-forwarded-host": "evil.example", "x-forwarded-for": "203.0.113.9" });
    expect(believed).not.toHaveProperty("x_forwarded_for");
    expect(refused).toMatchObject({ "x-forwarded-proto": "http", "x-forwarded-for": "127.0.0.1" });
    expect(refused).not.toHaveProperty("x-forwarded-host");
  });
});

const refused: [Record<string, string>, string][] = [[{ "X Note": "1" }, '"X Note"'], [{ Host: "a\nb" }, '"a\\nb"'], [{ Host: "" }, '""']];
test.each(refused)("%o is no header of a check", (checkHeaders, named) => {
  expect(() => haproxyConfig({ ...settings, checkHeaders })).toThrow(named);
});
