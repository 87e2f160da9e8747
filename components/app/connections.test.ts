import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { loginKeys } from "../postgres/connection";
import { connectionKeys } from "../redis/connection";
import { POSTGRES_KEYS, postgresTold, PRIMARY_KEYS, redisTold } from "./connections";
import type { RedisForm } from "./args";

const login = loginKeys({ user: "app", password: "p", database: "site", write: ["a", "b"], read: ["c"] });

test("each form of Postgres is a key of the log-in's Secret, and each key a form", () => {
  expect(Object.values(POSTGRES_KEYS).sort()).toEqual(Object.keys(login).sort());
  const told = postgresTold({ DATABASE_URL: "url", REPLICA: "readHosts" }, "login-1");
  expect(told).toEqual({
    config: {},
    secretEnv: {
      DATABASE_URL: { secretName: "login-1", key: "url" },
      REPLICA: { secretName: "login-1", key: "read-host" },
    },
  });
});

test("who may reach the primary only is told of nobody else", () => {
  const keys = Object.values(PRIMARY_KEYS).map((key) => login[key]);
  expect(keys.filter((text) => text?.includes("c:6432") || text === "c")).toEqual([]);
  const { secretEnv } = postgresTold({ REPLICA_URL: "readUrl" }, "login-1", PRIMARY_KEYS);
  expect(secretEnv["REPLICA_URL"]?.key).toBe("url");
});

test("each form of Redis is a key of the clients' Secret, or no secret", () => {
  const keys = connectionKeys({ password: "p", primary: "a", sentinels: ["b"] });
  const forms = readFileSync(join(__dirname, "args.ts"), "utf8")
    .match(/type RedisForm =([^;]*);/)![1]!
    .match(/\w+/g)!;
  const as = Object.fromEntries(forms.map((form) => [form.toUpperCase(), form as RedisForm]));
  const { config, secretEnv } = redisTold(as, "redis-1", { sentinels: "b:26379", primaryName: "main" });
  expect(config).toEqual({ SENTINELS: "b:26379", PRIMARYNAME: "main" });
  expect(
    Object.values(secretEnv)
      .map(({ key }) => key)
      .sort(),
  ).toEqual(Object.keys(keys).sort());
});
