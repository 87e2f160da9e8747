import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { createSocket } from "node:dgram";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** `hash-key` and what else the configuration uses is new in 3.0; Debian 12's is older. */
const WANTED_MAJOR = 3;

/** Why a test that needs HAProxy can't run here; undefined where it can. */
export const haproxyMissing: string | undefined = (() => {
  const { stdout = "" } = spawnSync("haproxy", ["-v"], { encoding: "utf8" });
  const major = Number(/version (\d+)\./.exec(stdout ?? "")?.[1] ?? 0);
  return major >= WANTED_MAJOR
    ? undefined
    : `HAProxy ${WANTED_MAJOR} or newer is not installed (Debian 13: apt-get install haproxy)`;
})();

/** Port of 127.0.0.1 that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** A server as DNS names it. */
export interface Listed {
  address: string;
  port: number;
}

const SRV = 33;
const NXDOMAIN = 3;

function encodeName(name: string): Buffer {
  const labels = name.split(".").map((label) => Buffer.from([label.length, ...Buffer.from(label)]));
  return Buffer.concat([...labels, Buffer.from([0])]);
}

function record(name: Buffer, type: number, data: Buffer): Buffer {
  const head = Buffer.alloc(10);
  head.writeUInt16BE(type, 0);
  head.writeUInt16BE(1, 2);
  head.writeUInt16BE(data.length, 8);
  return Buffer.concat([name, head, data]);
}

/** The answer to one question: SRV records with their addresses beside them, or that there is no such name. */
function answer(query: Buffer, listed: (name: string) => Listed[]): Buffer {
  const labels: string[] = [];
  let at = 12;
  for (; query[at] !== 0; at += query[at]! + 1) labels.push(query.toString("latin1", at + 1, at + 1 + query[at]!));
  const question = query.subarray(12, at + 5);
  const found = question.readUInt16BE(question.length - 4) === SRV ? listed(labels.join(".").toLowerCase()) : [];
  const targetOf = ({ address, port }: Listed) => encodeName(`pod-${address.replaceAll(".", "-")}-${port}.test`);
  const targets = found.map((one) => ({ target: targetOf(one), ...one }));
  const asked = Buffer.from([0xc0, 12]);
  const records = targets.map(({ target, port }) =>
    record(asked, SRV, Buffer.concat([Buffer.from([0, 0, 0, 1, port >> 8, port & 255]), target])),
  );
  const additional = targets.map(({ target, address }) =>
    record(target, 1, Buffer.from(address.split(".").map(Number))),
  );
  const head = Buffer.alloc(12);
  query.copy(head, 0, 0, 2);
  head.writeUInt16BE(0x8180 | (found.length === 0 ? NXDOMAIN : 0), 2);
  [1, records.length, 0, additional.length].forEach((count, index) => head.writeUInt16BE(count, 4 + 2 * index));
  return Buffer.concat([head, question, ...records, ...additional]);
}

/** HAProxy at work, with a name server of its own. */
export interface RunningHaproxy {
  /** Port for clients. */
  port: number;
  /** Port of metrics and health. */
  operations: number;
  /** Changes what the name server says: servers by name. */
  names: Record<string, Listed[]>;
  /** Ends both. */
  stop(): Promise<void>;
}

/**
 * Runs HAProxy on a configuration, on free ports and with a name server that says what it is told.
 *
 * @param files its folder, by name; `haproxy.cfg` is the configuration
 * @param from ports of clients and of operations in it, and the folder that it takes for its own
 */
export async function runHaproxy(
  files: Record<string, string>,
  from: { clients: number; operations: number; folder: string },
  names: Record<string, Listed[]>,
): Promise<RunningHaproxy> {
  const folder = mkdtempSync(join(tmpdir(), "haproxy-"));
  const [port, operations] = [await freePort(), await freePort()];
  const running = { port, operations, names };
  const listed = (name: string) => running.names[name] ?? [];
  const dns = createSocket("udp4", (query, asker) => dns.send(answer(query, listed), asker.port, asker.address));
  await new Promise<void>((resolve) => {
    dns.bind(0, "127.0.0.1", resolve);
  });
  for (const [name, text] of Object.entries(files)) {
    writeFileSync(
      join(folder, name),
      text
        .replace(`bind :${from.clients}`, `bind 127.0.0.1:${port}`)
        .replace(`bind :${from.operations}`, `bind 127.0.0.1:${operations}`)
        .replace("parse-resolv-conf", `nameserver here 127.0.0.1:${dns.address().port}`)
        .replaceAll(from.folder, folder),
    );
  }
  const stdio = process.env["SHOW_HAPROXY"] ? "inherit" : "ignore";
  const haproxy: ChildProcess = spawn("haproxy", ["-db", "-f", join(folder, "haproxy.cfg")], { stdio });
  await answers(operations, haproxy);
  return Object.assign(running, {
    async stop() {
      const ended = new Promise((resolve) => haproxy.once("exit", resolve));
      haproxy.kill("SIGTERM");
      await ended;
      await new Promise<void>((resolve) => {
        dns.close(() => resolve());
      });
      rmSync(folder, { recursive: true, force: true });
    },
  });
}

async function answers(port: number, haproxy: ChildProcess): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    if (haproxy.exitCode !== null)
      throw new Error(`haproxy ended with ${haproxy.exitCode}; SHOW_HAPROXY=1 shows what it says`);
    if (
      await fetch(`http://127.0.0.1:${port}/healthz`).then(
        ({ ok }) => ok,
        () => false,
      )
    )
      return;
    await sleep(50);
  }
  throw new Error("haproxy does not answer after 5 s");
}
