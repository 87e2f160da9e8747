import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import {
  createServer,
  request,
  type Agent,
  type IncomingHttpHeaders,
  type RequestListener,
  type Server,
} from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach } from "vitest";
import { CONFIG_PATH, haproxyFiles } from "../../components/load-balancer/haproxy-config";
import type { HaproxySettings, ServiceSettings } from "../../components/load-balancer/completed";
import { CLIENT_PORT, METRICS_PORT } from "../../components/load-balancer/names";
import { runHaproxy, type Listed, type RunningHaproxy } from "./haproxy";

/** SRV name of the ready servers. */
export const READY = "_http._tcp.ready.test";
/** SRV name of all servers. */
export const EVERY = "_http._tcp.every.test";
/** A service's settings, as the component makes them up. */
export const service: ServiceSettings = {
  name: undefined,
  srvName: READY,
  reserveSrvName: EVERY,
  protocol: "http",
  checkPath: "/readyz",
  checkHeaders: { Host: "shop.example" },
  maxServers: 5,
};
/** A balancer's settings, likewise. */
export const settings: HaproxySettings = {
  algorithm: "roundrobin",
  clientAddress: "connection",
  trustedHops: ["127.0.0.1/32"],
  entryScheme: "http",
  services: [service],
  matched: [],
  tls: undefined,
  answerSeconds: 30,
  readAnswerSeconds: 12,
  idempotencyHeader: "Idempotency-Key",
};

/** An application's pod; `seen` are the headers of the requests that were no checks. */
export interface Pod extends Listed {
  server: Server;
  seen: IncomingHttpHeaders[];
}

/** An answer and its time; status 0 where there was no answer. */
export interface Got {
  status: number;
  ms: number;
  by: string;
}

/** Cleanup steps of a test, run in reverse order at its end. */
export const undo: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

/** A pod that answers checks and requests as it is told. */
export async function pod(
  check: RequestListener,
  serve: RequestListener = (_, response) => response.end("ok"),
): Promise<Pod> {
  const seen: IncomingHttpHeaders[] = [];
  const server = createServer((incoming, response) => {
    if (incoming.url === "/readyz") return check(incoming, response);
    seen.push(incoming.headers);
    response.setHeader("pod", String((server.address() as { port: number }).port));
    return serve(incoming, response);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  undo.push(async () => {
    server.closeAllConnections();
    server.close();
  });
  return { server, seen, address: "127.0.0.1", port: (server.address() as { port: number }).port };
}

/** Settings with one service that differs in something. */
export const serving = (change: Partial<ServiceSettings>): HaproxySettings => ({
  ...settings,
  services: [{ ...service, ...change }],
});

/** Answers with a status and nothing else. */
export const status =
  (code: number): RequestListener =>
  (_, response) =>
    response.writeHead(code).end();

/**
 * HAProxy with the component's configuration; it ends with the test.
 *
 * @param names servers by the name that lists them
 * @param edit changes the configuration, to test it without a part of it
 */
export async function balancer(
  names: Record<string, Listed[]>,
  change: Partial<HaproxySettings> = {},
  edit: (config: string) => string = (config) => config,
): Promise<RunningHaproxy> {
  const from = { clients: CLIENT_PORT, operations: METRICS_PORT, folder: CONFIG_PATH };
  const { "haproxy.cfg": config, ...scripts } = haproxyFiles({ ...settings, ...change });
  const running = await runHaproxy({ "haproxy.cfg": edit(config!), ...scripts }, from, names);
  undo.push(() => running.stop());
  return running;
}

/** How a client sends a request. */
export interface Question {
  agent?: Agent;
  method?: string;
  headers?: Record<string, string>;
}

/** One request; never an exception. */
export function ask(port: number, { agent, method = "GET", headers = {} }: Question = {}): Promise<Got> {
  const began = performance.now();
  const got = (code: number, by = ""): Got => ({ status: code, ms: performance.now() - began, by });
  return new Promise((resolve) => {
    const asked = request({ port, method, agent, headers, path: "/", host: "127.0.0.1" }, (response) => {
      response.resume().on("end", () => resolve(got(response.statusCode!, String(response.headers["pod"]))));
    });
    asked.on("error", () => resolve(got(0))).end();
  });
}

/** Number of servers of a set that pass their check, from HAProxy's metrics. */
export async function passing({ operations }: RunningHaproxy, set: string): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${operations}/metrics`)).text();
  return Number(new RegExp(`haproxy_backend_active_servers\\{proxy="${set}"\\} (\\d+)`).exec(text)?.[1] ?? NaN);
}

/** Waits until something holds. @throws Error where it does not in time */
export async function until(holds: () => Promise<boolean>, seconds = 8): Promise<void> {
  for (const end = Date.now() + 1000 * seconds; !(await holds()); ) {
    if (Date.now() > end) throw new Error(`not so after ${seconds} s`);
    await sleep(50);
  }
}

/** Ports on which every attempt to connect is left without an answer, as at the address of a pod that was deleted. */
export async function nobody(ports: number[]): Promise<void> {
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
  const holder: ChildProcess = spawn("python3", ["-c", listen, ...ports.map(String)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  undo.push(async () => {
    holder.kill();
  });
  await once(holder.stdout!, "data");
}
