import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, describe, expect, it, vi } from "vitest";
import { HostGroup } from "./host-group.js";
import { HostPool } from "./host-pool.js";
import { PoolBusy } from "./transient.js";

const servers: Server[] = [];
const sockets: Socket[] = [];
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
  for (const server of servers.splice(0)) server.close();
});

/** A pool to a server on this machine that accepts connections and then does as told. */
async function poolTo(onConnection: (socket: Socket) => void, connectTimeoutMs = 150): Promise<HostPool> {
  const server = createServer((socket) => {
    sockets.push(socket.on("error", () => undefined));
    onConnection(socket);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return new HostPool({
    address: { host: "127.0.0.1", port: (server.address() as AddressInfo).port },
    database: "d",
    user: "u",
    password: () => "p",
    max: 2,
    connectTimeoutMs,
    onIdleError: () => undefined,
  });
}

describe("one address", () => {
  it("that accepts and then says nothing, like a frozen node, is given up after the connect timeout", async () => {
    const pool = await poolTo(() => undefined);
    const start = performance.now();
    await expect(pool.connect()).rejects.toThrow();
    expect(performance.now() - start).toBeLessThan(10_000);
    // Not at once: it may only be slow, and half a log-in is not thrown away.
    await vi.waitFor(() => expect(pool.healthy).toBe(false), { timeout: 5_000 });
    await pool.close();
  });

  it("that is slow to log in is not waited for, and its connection serves the next caller", async () => {
    let logIns = 0;
    const pool = await poolTo((socket) => {
      logIns += 1;
      // AuthenticationOk, ReadyForQuery.
      setTimeout(() => socket.write(Buffer.from("5200000008000000005a0000000549", "hex")), 300);
    });
    await expect(pool.connect()).rejects.toThrow(PoolBusy);
    expect(pool.healthy).toBe(true);
    await sleep(300);
    (await pool.connect()).release();
    expect(logIns).toBe(1);
    await pool.close();
  });

  it("is not blamed for a mistake in a statement", async () => {
    const pool = await poolTo(() => undefined);
    pool.report(new TypeError("ours"));
    expect(pool.healthy).toBe(true);
    await pool.close();
  });
});

describe("several addresses", () => {
  it("are asked in turn, the healthy ones first, the others as a last resort", async () => {
    const asked: string[] = [];
    const host = (name: string, healthy: boolean) =>
      ({
        healthy,
        size: 0,
        connect: async () => {
          asked.push(name);
          throw new Error(name);
        },
      }) as unknown as HostPool;
    const group = new HostGroup([host("a", true), host("b", false), host("c", true)]);
    await expect(group.lease()).rejects.toThrow("b");
    await expect(group.lease()).rejects.toThrow("b");
    expect(asked).toEqual(["c", "a", "b", "c", "a", "b"]);
    await expect(group.lease()).rejects.toThrow("b");
    expect(asked.slice(6)).toEqual(["a", "c", "b"]);
  });
});
