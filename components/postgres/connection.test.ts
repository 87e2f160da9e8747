import { expect, test } from "vitest";
import { connectionForms, loginKeys } from "./connection";

test("one list of addresses, in the forms that drivers read", () => {
  expect(connectionForms(["10.96.0.1", "10.96.0.2"], "shop", "app_2")).toEqual({
    url: "postgresql://app_2@10.96.0.1:6432,10.96.0.2:6432/shop?connect_timeout=2",
    dsn: "host=10.96.0.1,10.96.0.2 port=6432,6432 dbname=shop user=app_2 connect_timeout=2",
    addresses: "10.96.0.1,10.96.0.2",
    ports: "6432,6432",
  });
});

test("an IPv6 address is put into brackets where a port follows it", () => {
  const { url, addresses } = connectionForms(["fd00::1"], "shop", "app");
  expect(url).toContain("@[fd00::1]:6432/");
  expect(addresses).toBe("fd00::1");
});

test("a log-in's Secret has everything that a driver reads, with what a URL can't hold encoded", () => {
  const keys = loginKeys({
    user: "app",
    password: "p@ss/w:o%rd",
    database: "my shop",
    write: ["10.96.0.1", "10.96.0.2"],
    read: ["10.96.0.3"],
  });
  expect(keys).toEqual({
    username: "app",
    password: "p@ss/w:o%rd",
    dbname: "my shop",
    url: "postgresql://app:p%40ss%2Fw%3Ao%25rd@10.96.0.1:6432,10.96.0.2:6432/my%20shop?connect_timeout=2",
    host: "10.96.0.1,10.96.0.2",
    port: "6432,6432",
    "read-url": "postgresql://app:p%40ss%2Fw%3Ao%25rd@10.96.0.3:6432/my%20shop?connect_timeout=2",
    "read-host": "10.96.0.3",
    "read-port": "6432",
  });
});
