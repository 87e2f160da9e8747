import { expect, test } from "vitest";
import { connectionKeys } from "./connection";

test("one password and its addresses, in the forms that clients read", () => {
  const keys = connectionKeys({ password: "p@s/s", primary: "10.96.0.1", sentinels: ["10.96.0.2", "fd00::3"] });
  expect(keys).toEqual({
    password: "p@s/s",
    host: "10.96.0.1",
    port: "6379",
    url: "redis://:p%40s%2Fs@10.96.0.1:6379/0",
    "sentinel-url": "sentinel://:p%40s%2Fs@10.96.0.2:26379;sentinel://:p%40s%2Fs@[fd00::3]:26379",
  });
  const { hostname, port, password } = new URL(keys["url"]!);
  expect([hostname, port, decodeURIComponent(password)]).toEqual(["10.96.0.1", "6379", "p@s/s"]);
});
