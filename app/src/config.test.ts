import { describe, expect, it } from "vitest";
import { migrationConfig, shopConfig } from "./config.js";

const complete = {
  DB_WRITE_HOSTS: "10.0.0.1:6432, 10.0.0.2:6432",
  DB_READ_HOSTS: "[fd00::1]:6432",
  DB_PASSWORD_FILE: "/p",
  REDIS_SENTINELS: "10.0.0.3:26379",
  REDIS_PASSWORD_FILE: "/r",
};

describe("the environment", () => {
  it("reads addresses in order, IPv6 in brackets", () => {
    const config = shopConfig(complete);
    expect(config.DB_WRITE_HOSTS).toEqual([
      { host: "10.0.0.1", port: 6432 },
      { host: "10.0.0.2", port: 6432 },
    ]);
    expect(config.DB_READ_HOSTS).toEqual([{ host: "fd00::1", port: 6432 }]);
  });

  it("keeps the limits in an order that makes sense", () => {
    const config = shopConfig(complete);
    expect(config.DB_CONNECT_TIMEOUT_MS).toBeLessThan(config.READ_ATTEMPT_MS);
    expect(config.READ_ATTEMPT_MS).toBeLessThan(config.READ_DEADLINE_MS);
    expect(config.WRITE_ATTEMPT_MS).toBeLessThan(config.WRITE_DEADLINE_MS);
    expect(config.CACHE_TTL_SECONDS).toBe(300);
  });

  it("names every variable that is missing or wrong, in one error", () => {
    const broken = { ...complete, DB_READ_HOSTS: "replica", PORT: "http", REDIS_SENTINELS: "" };
    expect(() => shopConfig(broken)).toThrowError(
      /PORT:[^]*DB_READ_HOSTS: "replica" is not host:port[^]*REDIS_SENTINELS: needs at least one/,
    );
  });

  it("asks a migration only for what it needs", () => {
    const config = migrationConfig({ DB_WRITE_HOSTS: "10.0.0.1:6432", DB_OWNER_PASSWORD_FILE: "/o" });
    expect(config).toMatchObject({ DB_OWNER_USER: "owner", DB_NAME: "online_shop" });
  });
});
