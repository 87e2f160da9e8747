import pg from "pg";
import { describe, expect, it } from "vitest";
import { isConnectionUsable, isHostFault, isTransient } from "./transient.js";

const sql = (code: string, severity = "ERROR") =>
  Object.assign(new pg.DatabaseError("message", 0, "error"), { code, severity });
const errno = (code: string) => Object.assign(new Error("connect"), { code });

describe("errors of the database and the way to it", () => {
  it.each([
    ["a demoted primary", sql("25006"), { transient: true, host: false, usable: false }],
    ["a terminated session", sql("57P01", "FATAL"), { transient: true, host: false, usable: false }],
    ["a server that starts up", sql("57P03", "FATAL"), { transient: true, host: false, usable: false }],
    ["the server's time limit", sql("57014"), { transient: true, host: false, usable: true }],
    ["a conflict with replay", sql("40001"), { transient: true, host: false, usable: true }],
    ["a pooler without a server", sql("08P01", "FATAL"), { transient: true, host: true, usable: false }],
    ["a rotated password", sql("28P01", "FATAL"), { transient: true, host: false, usable: false }],
    ["a refused connection", errno("ECONNREFUSED"), { transient: true, host: true, usable: false }],
    [
      "a cut connection",
      new Error("Connection terminated unexpectedly"),
      { transient: true, host: true, usable: false },
    ],
    ["a frozen server", new Error("Query read timeout"), { transient: true, host: true, usable: false }],
    [
      "a busy pool",
      new Error("timeout exceeded when trying to connect"),
      { transient: true, host: false, usable: false },
    ],
    ["a broken statement", sql("42601"), { transient: false, host: false, usable: true }],
    ["a value out of range", sql("22003"), { transient: false, host: false, usable: true }],
    ["a mistake of ours", new TypeError("x is not a function"), { transient: false, host: false, usable: false }],
    ["a file that isn't there", errno("ENOENT"), { transient: false, host: false, usable: false }],
  ])("%s", (_name, error, expected) => {
    expect({
      transient: isTransient(error),
      host: isHostFault(error),
      usable: isConnectionUsable(error),
    }).toEqual(expected);
  });
});
