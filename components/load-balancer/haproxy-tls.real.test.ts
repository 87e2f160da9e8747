import { mkdtempSync, rmSync } from "node:fs";
import { Agent, request } from "node:https";
import { connect } from "node:http2";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { connect as connectTls, type PeerCertificate, type TLSSocket } from "node:tls";
import { beforeEach, describe, expect, test } from "vitest";
import { ask, EVERY, passing, pod, READY, status, undo, until } from "../../test/support/balancer";
import { selfSigned } from "../../test/support/certificates";
import { haproxyMissing } from "../../test/support/haproxy";
import { Mounted, secureBalancer, type SecureBalancer } from "../../test/support/secure-balancer";

const HOST = "shop.example.com";
const SECRET = "shop-tls";

interface Got {
  status: number;
  headers: Record<string, unknown>;
  serial: string;
}

/** One request over TLS; status 0 where there was no answer. */
function get(port: number, host = HOST, agent?: Agent, headers: Record<string, string> = {}): Promise<Got> {
  const where = { host: "127.0.0.1", port, servername: host, rejectUnauthorized: false, path: "/" };
  return new Promise((resolve) => {
    const asked = request({ ...where, agent: agent ?? false, headers: { Host: host, ...headers } }, (response) => {
      const { serialNumber } = (response.socket as TLSSocket).getPeerCertificate();
      response.resume().on("end", () => {
        resolve({ status: response.statusCode!, headers: response.headers, serial: serialNumber });
      });
    });
    asked.on("error", () => resolve({ status: 0, headers: {}, serial: "" })).end();
  });
}

/** The certificate that is served for a name, and the protocols that were agreed on. */
async function served(port: number, servername: string, more: object = {}) {
  const socket = connectTls({ host: "127.0.0.1", port, servername, rejectUnauthorized: false, ...more });
  await once(socket, "secureConnect");
  const found = { ...(socket.getPeerCertificate() as PeerCertificate), alpn: socket.alpnProtocol };
  socket.destroy();
  return found;
}

const ready = async ({ operations }: SecureBalancer) =>
  (await fetch(`http://127.0.0.1:${operations}/readyz`)).status === 200;

describe.skipIf(haproxyMissing !== undefined)(`HAProxy itself (${haproxyMissing ?? "at work"}) ends TLS`, () => {
  let secret: Mounted;
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "secrets-"));
    secret = new Mounted(join(folder, "0"));
    return () => rmSync(folder, { recursive: true, force: true });
  });
  const certificate = (hosts = [HOST]) => ({ name: SECRET, folder: secret.folder, hosts });

  test("plain HTTP is sent to https, HTTP/2 is spoken, and the application hears how a client came", async () => {
    secret.pair(selfSigned([HOST]));
    const app = await pod(status(200));
    const tls = { certificates: [1], redirect: true, port: 8443, hsts: "max-age=300", issue: undefined };
    const running = await secureBalancer({ [READY]: [app], [EVERY]: [app] }, [certificate()], { tls });
    await until(async () => (await ready(running)) && (await passing(running, "servers")) === 1);
    const plain = await fetch(`http://127.0.0.1:${running.port}/orders?id=1`, { method: "POST", redirect: "manual" });
    expect([plain.status, plain.headers.get("location")]).toEqual([308, "https://127.0.0.1:8443/orders?id=1"]);
    expect(plain.headers.get("strict-transport-security")).toBeNull();
    const claims = {
      "X-Forwarded-Proto": "http",
      "X-Forwarded-Host": "evil.example",
      "X-Forwarded-For": "203.0.113.9",
    };
    const { headers } = await get(running.secure, HOST, undefined, claims);
    expect(headers["strict-transport-security"]).toBe("max-age=300");
    expect(app.seen).toHaveLength(1);
    expect(app.seen[0]).toMatchObject({
      "x-forwarded-proto": "https",
      "x-forwarded-host": HOST,
      "x-forwarded-for": "127.0.0.1",
    });
    const client = connect(`https://127.0.0.1:${running.secure}`, { servername: HOST, rejectUnauthorized: false });
    undo.push(async () => client.destroy());
    const [answer] = await once(client.request({ ":path": "/", ":authority": HOST }), "response");
    expect([client.alpnProtocol, answer[":status"]]).toEqual(["h2", 200]);
    const old = served(running.secure, HOST, { maxVersion: "TLSv1.1", minVersion: "TLSv1" });
    await expect(old).rejects.toThrow();
  }, 60_000);

  test("a certificate is renewed under 50 requests a second, and none fails", async () => {
    secret.pair(selfSigned([HOST], 2));
    const app = await pod(status(200));
    const running = await secureBalancer({ [READY]: [app], [EVERY]: [app] }, [certificate()]);
    await until(async () => (await ready(running)) && (await passing(running, "servers")) === 1);
    const keep = new Agent({ keepAlive: true, maxSockets: 10 });
    undo.push(async () => keep.destroy());
    const asked: Promise<Got>[] = [];
    for (let tick = 0; tick < 400; tick++) {
      asked.push(get(running.secure, HOST, tick % 2 === 0 ? keep : undefined));
      if (tick === 100 || tick === 250) secret.pair(selfSigned([HOST], 60 + tick));
      await sleep(20);
    }
    const got = await Promise.all(asked);
    expect(got.filter((one) => one.status !== 200)).toEqual([]);
    expect(new Set(got.map(({ serial }) => serial)).size).toBe(3);
  }, 60_000);

  test("what is bad is refused and told, and the certificate before goes on", async () => {
    const good = selfSigned([HOST]);
    secret.pair(good);
    const app = await pod(status(200));
    const running = await secureBalancer({ [READY]: [app], [EVERY]: [app] }, [certificate()]);
    await until(async () => (await ready(running)) && (await passing(running, "servers")) === 1);
    const { serialNumber } = await served(running.secure, HOST);
    const other = selfSigned([HOST]);
    const bad: [() => void, RegExp][] = [
      [() => secret.pair({ certificate: other.certificate, key: good.key }), /inconsistencies between private key/],
      [() => secret.pair(selfSigned([HOST], -1)), /it has expired on /],
      [() => secret.pair(selfSigned(["other.example"])), /it is not for shop.example.com, but for other.example/],
      [() => secret.put({ "tls.crt": "nonsense", "tls.key": other.key }), /unable to load/],
      [() => secret.put({ "tls.crt": other.certificate, "tls.key": "" }), /there is no tls.crt and tls.key in it/],
      [() => secret.put({}), /there is no tls.crt and tls.key in it/],
    ];
    for (const [put, reason] of bad) {
      const before = running.said().length;
      put();
      await until(async () => reason.test(running.said().slice(before)), 10);
      expect(await running.metrics()).toContain(`holdfast_certificate_refused{certificate="${SECRET}"} 1`);
      expect((await served(running.secure, HOST)).serialNumber).toBe(serialNumber);
      // Once the good one is there again, the next bad one is told anew.
      secret.pair(good);
      await until(async () => (await running.metrics()).includes(`refused{certificate="${SECRET}"} 0`), 10);
    }
    expect((await get(running.secure)).status).toBe(200);
    expect(await running.metrics()).toMatch(/expires_seconds\{certificate="shop-tls"\} \d{10}\n/);
  }, 90_000);

  test("without a certificate it is not ready and redirects nobody, until there is one", async () => {
    const app = await pod(status(200));
    const running = await secureBalancer({ [READY]: [app], [EVERY]: [app] }, [certificate()]);
    await until(async () => (await passing(running, "servers")) === 1 && running.said().includes(SECRET));
    expect(await ready(running)).toBe(false);
    expect((await ask(running.port)).status).toBe(200);
    expect(await running.metrics()).toContain(`holdfast_certificate_in_use{certificate="${SECRET}"} 0`);
    expect(await running.metrics()).not.toContain("expires_seconds{");
    secret.pair(selfSigned([HOST]));
    await until(() => ready(running), 10);
    expect((await ask(running.port)).status).toBe(308);
  }, 60_000);

  test("of several, each host is served its own, and who names none the first", async () => {
    const second = new Mounted(join(folder, "1"));
    secret.pair(selfSigned([HOST]));
    second.pair(selfSigned(["*.blog.example"]));
    const both = [certificate(), { name: "blog-tls", folder: second.folder, hosts: ["a.blog.example"] }];
    const running = await secureBalancer({}, both);
    await until(() => ready(running), 10);
    const names = async (host: string) => (await served(running.secure, host)).subjectaltname;
    expect(await names("b.blog.example")).toBe("DNS:*.blog.example");
    expect(await names(HOST)).toBe(`DNS:${HOST}`);
    expect(await names("")).toBe(`DNS:${HOST}`);
  }, 60_000);
});
