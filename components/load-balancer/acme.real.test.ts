import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect, type PeerCertificate } from "node:tls";
import { expect, test } from "vitest";
import { ask, EVERY, passing, pod, READY, status, undo, until } from "../../test/support/balancer";
import { freePort, haproxyMissing } from "../../test/support/haproxy";
import { serveSecret, type ServedSecret } from "../../test/support/kube-secret";
import { pebble, pebbleMissing } from "../../test/support/pebble";
import { Mounted, runAgent, secureBalancer, type SecureBalancer } from "../../test/support/secure-balancer";
import type { Issue } from "./tls";

const HOST = "localhost";
const missing = haproxyMissing ?? pebbleMissing;

/** A balancer with the Secret of an issuer mounted, and one pod behind it. */
async function before(issue: Issue): Promise<{ running: SecureBalancer; secret: ServedSecret }> {
  const folder = mkdtempSync(join(tmpdir(), "secrets-"));
  undo.push(async () => rmSync(folder, { recursive: true, force: true }));
  const mounted = new Mounted(folder);
  mounted.put({});
  const secret = await serveSecret((data) => mounted.put(data));
  const app = await pod(status(200));
  const certificates = [{ name: "lb-certificate", folder, hosts: [HOST] }];
  const tls = { certificates, redirect: true, port: 443, hsts: undefined, issue };
  const names = { [READY]: [app], [EVERY]: [app] };
  const running = await secureBalancer(names, certificates, { tls }, { ISSUED: folder });
  await until(async () => (await passing(running, "servers")) === 1);
  return { running, secret };
}

/** Runs the agent that gets certificates. */
const issuer = async (issue: Issue, secret: ServedSecret, env: Record<string, string> = {}) =>
  runAgent("issue", { AGENT_PORT: String(await freePort()), ISSUE: JSON.stringify(issue), ...secret.env, ...env });

/** The certificate that is served, for a client that trusts an authority. */
async function served(port: number, ca?: string): Promise<PeerCertificate & { trusted: boolean }> {
  const socket = connect({ host: "127.0.0.1", port, servername: HOST, rejectUnauthorized: false, ...(ca && { ca }) });
  await once(socket, "secureConnect");
  const found = { ...socket.getPeerCertificate(), trusted: socket.authorized };
  socket.destroy();
  return found;
}

const used = async (running: SecureBalancer) =>
  (await running.metrics()).includes('in_use{certificate="lb-certificate"} 1');

test.skipIf(haproxyMissing !== undefined)(
  `a certificate of a local authority is trusted by who trusts the authority (${haproxyMissing ?? "HAProxy at work"})`,
  async () => {
    const issue: Issue = { kind: "authority", hosts: [HOST] };
    const { running, secret } = await before(issue);
    expect((await fetch(`http://127.0.0.1:${running.operations}/readyz`)).status).toBe(200);
    await issuer(issue, secret);
    await until(() => used(running), 20);
    expect((await served(running.secure, secret.data["ca.crt"])).trusted).toBe(true);
    expect((await served(running.secure)).trusted).toBe(false);
    expect((await ask(running.port)).status).toBe(308);
  },
  60_000,
);

test.skipIf(missing !== undefined)(
  `a certificate is ordered from an ACME server, proven by the balancer, and renewed (${missing ?? "pebble at work"})`,
  async () => {
    const port = await freePort();
    // pebble asks the balancer's port for plain HTTP, which is known once the balancer runs.
    const unknown: Issue = { kind: "acme", hosts: [HOST], directory: `https://localhost:${port}/dir`, settle: 4 };
    const { running, secret } = await before(unknown);
    const server = await pebble(running.port);
    const issue = { ...unknown, directory: server.directory };
    expect((await ask(running.port)).status).toBe(200);
    const said = await issuer(issue, secret, { SSL_CERT_FILE: server.trusted, LOOK_SECONDS: "1" });
    await until(() => used(running), 60).catch((error) => {
      throw new Error(`${error}\n${said()}\n${server.said()}\n${running.said()}`);
    });
    const first = await served(running.secure);
    expect(first.subjectaltname).toBe(`DNS:${HOST}`);
    expect((await ask(running.port)).status).toBe(308);
    expect(secret.data["tried"]).toBe("0 0");
    // Another account's proof, or another path, is not answered for.
    const challenge = await fetch(`http://127.0.0.1:${running.port}/.well-known/acme-challenge/a-token`);
    expect(await challenge.text()).toBe(`a-token.${secret.data["thumbprint"]}`);
    // Its end is near: the next one is ordered by the same account.
    const account = secret.data["account.key"];
    secret.data["tls.crt"] = "";
    await until(async () => (await served(running.secure)).serialNumber !== first.serialNumber, 60);
    expect(secret.data["account.key"]).toBe(account);
  },
  150_000,
);
