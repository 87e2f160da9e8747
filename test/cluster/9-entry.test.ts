import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { connect as connectHttp2 } from "node:http2";
import { type AddressInfo, BlockList, createServer, type Server } from "node:net";
import { networkInterfaces } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { connect as connectTls } from "node:tls";
import { Agent, request } from "undici";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Kubectl } from "../../cluster/kubectl";
import { CONTEXT } from "../../local/cluster/cluster";
import { repository } from "../../local/paths";
import { connect, eventually, inStack, kubectl } from "../support/live";
import { ownProgram, ownPulumi } from "../support/own-program";

/** Namespace of examples/several-services, which is run as it is. */
const SPACE = new Kubectl({ context: CONTEXT, namespace: "several-services" });
const HOST = "shop.localhost";

/** Node ports that the stack under test has not. */
const [PLAIN, SECURE] = [30091, 30444];

/** Longest time until a certificate is served: the pod looks every 30 s, and nodes hand it on within about 90 s. */
const CERTIFICATE_SECONDS = 300;

/** Servers of this machine, outside of the cluster: one that the services may call, and one that they may not. */
const servers = [createServer(), createServer()];
const portOf = (server: Server): number => (server.address() as AddressInfo).port;

function inRange(address: string, range: string): boolean {
  const [base = "", bits] = range.split("/");
  const list = new BlockList();
  list.addSubnet(base, Number(bits), "ipv4");
  return list.check(address, "ipv4");
}

/** This machine's own address in the network of the nodes. */
const machine = (): string | undefined =>
  Object.values(networkInterfaces())
    .flatMap((all) => all ?? [])
    .find(({ family, cidr }) => family === "IPv4" && cidr !== null && inRange(node, cidr))?.address;

let folder: string;
let node: string;
let ca: string;
let agent: Agent;

const pulumi = async (...args: string[]): Promise<void> => {
  const outside = { OUTSIDE: `${machine()}:${portOf(servers[0]!)}` };
  const { all, exitCode } = await ownPulumi(folder, outside, ...args, "--stack", "dev");
  expect(exitCode, all).toBe(0);
};

const tls = () => ({ ca, servername: HOST, host: node, port: SECURE });

/** Asks over TLS, on a kept connection or on a new one. */
async function ask(path: string, { host = HOST, fresh = false, headers = {} } = {}) {
  // The certificate is for no other host.
  const any = host === HOST ? {} : { checkServerIdentity: () => undefined };
  const own = fresh ? new Agent({ connect: { ...tls(), ...any } }) : agent;
  try {
    const { statusCode, body } = await request(`https://${node}:${SECURE}${path}`, {
      dispatcher: own,
      headers: { host, ...headers },
      headersTimeout: 20_000,
    });
    const text = await body.text();
    return { status: statusCode, said: text.startsWith("{") ? JSON.parse(text) : text };
  } finally {
    if (fresh) await own.close();
  }
}

/** Serial number of the certificate that is served. */
const serial = (): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket = connectTls(tls(), () => {
      resolve(new X509Certificate(socket.getPeerCertificate().raw).serialNumber);
      socket.end();
    }).on("error", reject);
  });

/** Calls the gRPC service. @returns the call's status, and how many bytes were answered */
const greet = (): Promise<{ status: unknown; bytes: number }> =>
  new Promise((resolve, reject) => {
    const session = connectHttp2(`https://${node}:${SECURE}`, tls()).on("error", reject);
    const call = session.request({
      ":method": "POST",
      ":path": "/shop.Greeter/Greet",
      ":authority": HOST,
      "content-type": "application/grpc",
      te: "trailers",
    });
    let bytes = 0;
    let status: unknown;
    call.on("data", (chunk: Buffer) => (bytes += chunk.length));
    call.on("trailers", (trailers) => (status = trailers["grpc-status"]));
    call.on("error", reject).on("end", () => session.close(() => resolve({ status, bytes })));
    call.end(Buffer.from([0, 0, 0, 0, 0]));
  });

beforeAll(async () => {
  const path = '{.items[0].status.addresses[?(@.type=="InternalIP")].address}';
  node = await kubectl("get", "nodes", "-l", "node-role.kubernetes.io/control-plane", "-o", `jsonpath=${path}`);
  for (const server of servers) await once(server.listen(0, "0.0.0.0"), "listening");
  await kubectl("delete", "namespace", "several-services", "--ignore-not-found", "--timeout=120s");
  folder = ownProgram(
    "several-services",
    `import { liveSeveralServices } from "${repository}/test/support/live-examples";\n` +
      "module.exports = liveSeveralServices();\n",
  );
  const { exitCode, all } = await ownPulumi(folder, {}, "stack", "init", "dev");
  expect(exitCode, all).toBe(0);
  const image = await inStack("get", "deployment/web-app", "-o", "jsonpath={.spec.template.spec.containers[0].image}");
  for (const [key, value] of Object.entries({
    context: CONTEXT,
    image,
    host: HOST,
    nodePort: PLAIN,
    tlsNodePort: SECURE,
  }))
    await pulumi("config", "set", key, String(value));
  await pulumi("up", "--yes", "--skip-preview");
  ca = await eventually(async () => {
    const text = await SPACE.run("get", "secret", "entry-certificate", "-o", "jsonpath={.data.ca\\.crt}");
    expect(text).not.toBe("");
    return Buffer.from(text, "base64").toString();
  }, CERTIFICATE_SECONDS);
  agent = new Agent({ connect: tls() });
  await eventually(serial, CERTIFICATE_SECONDS);
}, 900_000);

afterAll(async () => {
  await agent?.close();
  for (const server of servers) server.close();
  await ownPulumi(folder, {}, "destroy", "--yes", "--skip-preview", "--stack", "dev");
  await kubectl("delete", "namespace", "several-services", "--ignore-not-found", "--timeout=120s");
  rmSync(folder, { recursive: true, force: true });
}, 300_000);

test("each service gets its requests, a gRPC service among them, and a stranger's host is nobody's", async () => {
  expect((await ask("/")).said.service).toBe("web");
  expect((await ask("/api/orders")).said.service).toBe("api");
  expect((await ask("/apis")).said.service).toBe("web");
  expect((await ask("/", { host: "other.example.com", fresh: true })).status).toBe(404);
  expect(await greet()).toEqual({ status: "0", bytes: 7 });
});

test("plain HTTP is redirected, and what a client says of itself is dropped", async () => {
  const { statusCode, headers, body } = await request(`http://${node}:${PLAIN}/a?b=c`, { headers: { host: HOST } });
  await body.dump();
  expect([statusCode, headers["location"]]).toEqual([308, `https://${HOST}/a?b=c`]);
  const { said } = await ask("/", { headers: { "x-forwarded-for": "192.0.2.7", "x-forwarded-proto": "gopher" } });
  expect(said.proto).toBe("https");
  expect(said.client).not.toContain("192.0.2.7");
});

test("a service reaches its declared address outside of the cluster, and nothing else", async () => {
  const reach = (address: string, port: number) =>
    SPACE.run("exec", "deployment/web", "--", "node", "-e", connect(address, port));
  const [declared, other] = servers.map(portOf) as [number, number];
  await eventually(() => reach(machine()!, declared), 30);
  await expect(reach(machine()!, other)).rejects.toThrow(/exit code [34]/);
  await expect(reach(node, 6443)).rejects.toThrow(/exit code [34]/);
});

test("one service's outage is its own", async () => {
  await SPACE.run("scale", "deployment/api", "--replicas=0");
  await SPACE.run("wait", "pod", "-l", "app.kubernetes.io/name=api", "--for=delete", "--timeout=120s");
  await eventually(async () => expect((await ask("/api")).status).toBe(503), 60);
  const seen = new Set<number>();
  for (let count = 0; count < 100; count += 1) seen.add((await ask("/", { fresh: count % 2 === 0 })).status);
  expect([...seen]).toEqual([200]);
  expect((await greet()).status).toBe("0");
  await SPACE.run("scale", "deployment/api", "--replicas=2");
  await eventually(async () => expect((await ask("/api")).status).toBe(200), 120);
});

test("a certificate is renewed at 50 requests a second, and none fails", async () => {
  const before = await serial();
  const failed: unknown[] = [];
  let asked = 0;
  let over = false;
  const running = new Set<Promise<unknown>>();
  const load = (async () => {
    for (; !over; await sleep(20)) {
      asked += 1;
      const one: Promise<unknown> = ask("/", { fresh: asked % 2 === 0 })
        .then(({ status }) => status === 200 || failed.push(status))
        .catch((error: unknown) => failed.push(error))
        .finally(() => running.delete(one));
      running.add(one);
    }
    await Promise.all(running);
  })();
  // Without a certificate in the Secret the pod makes another one; the balancers go on with the one before.
  await SPACE.run("patch", "secret", "entry-certificate", "-p", '{"data":{"tls.crt":""}}');
  try {
    await eventually(async () => expect(await serial()).not.toBe(before), CERTIFICATE_SECONDS);
    await sleep(5_000);
  } finally {
    over = true;
    await load;
  }
  expect(asked).toBeGreaterThan(200);
  expect(failed).toEqual([]);
}, 420_000);
