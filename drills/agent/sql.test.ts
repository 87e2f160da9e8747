import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { SqlWay } from "./sql";

/** One message of PostgreSQL's protocol, from the server. */
function message(type: string, body: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.write(type);
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}

const READY = message("Z", Buffer.from("I"));
const LOGGED_IN = Buffer.concat([message("R", Buffer.alloc(4)), READY]);
const DONE = Buffer.concat(
  [..."12n"].map((type) => message(type, Buffer.alloc(0))).concat(message("C", Buffer.from("SELECT 0\0")), READY),
);
const SYNC = Buffer.from([0x53, 0, 0, 0, 4]);
const failure = (severity: string, code: string, text: string): Buffer =>
  message("E", Buffer.from(`S${severity}\0V${severity}\0C${code}\0M${text}\0\0`));

type Reply = (socket: Socket) => void;
const done: Reply = (socket) => void socket.write(DONE);
const last =
  (code: string, text: string): Reply =>
  (socket) =>
    void socket.end(failure("FATAL", code, text));
const mistake: Reply = (socket) =>
  void socket.write(Buffer.concat([failure("ERROR", "42P01", "no such table"), READY]));

let server: Server;
let way: SqlWay;

/**
 * A server that gives these replies, one to each statement and then "done"; tells which connection, counted from 1,
 * each statement came by.
 */
async function serving(...replies: Reply[]): Promise<number[]> {
  const statements: number[] = [];
  let connections = 0;
  server = createServer((socket) => {
    const number = ++connections;
    socket.on("error", () => undefined);
    socket.once("data", () => {
      socket.write(LOGGED_IN);
      socket.on("data", (data) => {
        if (!data.subarray(-SYNC.length).equals(SYNC)) return;
        statements.push(number);
        (replies.shift() ?? done)(socket);
      });
    });
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  way = new SqlWay({
    hosts: [{ host: "127.0.0.1", port: (server.address() as AddressInfo).port }],
    database: "shop",
    user: "app",
  });
  return statements;
}

afterEach(async () => {
  await way.close();
  await new Promise((closed) => server.close(closed));
});

describe("a statement of the drills' SQL client", () => {
  test("goes elsewhere where PgBouncer has not begun it", async () => {
    const statements = await serving(last("08P01", "client_idle_timeout"));
    expect(await way.read(0, undefined)).toMatchObject({ ok: true });
    expect(statements).toEqual([1, 2]);
  });

  test("is not repeated where it may have been begun, and the next one has another connection", async () => {
    const statements = await serving(last("57P01", "terminating connection due to administrator command"));
    expect(await way.read(0, undefined)).toMatchObject({ ok: false });
    expect(await way.read(0, undefined)).toMatchObject({ ok: true });
    expect(statements).toEqual([1, 2]);
  });

  test("that is wrong leaves the connection in use", async () => {
    const statements = await serving(mistake);
    expect(await way.read(0, undefined)).toMatchObject({ ok: false });
    expect(await way.read(0, undefined)).toMatchObject({ ok: true });
    expect(statements).toEqual([1, 1]);
  });
});
