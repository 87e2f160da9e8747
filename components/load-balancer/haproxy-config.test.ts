import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { service, settings as base } from "../../test/support/balancer";
import { haproxyMissing } from "../../test/support/haproxy";
import { CONFIG_PATH, haproxyConfig, haproxyFiles } from "./haproxy-config";
import type { HaproxySettings } from "./completed";

const settings: HaproxySettings = { ...base, services: [{ ...service, maxServers: 50 }] };
const variants = (["roundrobin", "leastconn", "source"] as const).flatMap((algorithm) =>
  (["connection", "proxy-protocol", "header"] as const).flatMap((clientAddress) =>
    (["http", "grpc"] as const).map((protocol) => ({
      algorithm,
      clientAddress,
      protocol,
      services: [{ ...service, protocol }],
    })),
  ),
);

const seconds = (config: string, setting: string) => Number(new RegExp(`${setting} (\\d+)s`).exec(config)?.[1]);

describe.skipIf(haproxyMissing !== undefined)(`HAProxy itself (${haproxyMissing ?? "at work"}) accepts it`, () => {
  test.each(variants)("$algorithm, $clientAddress, $protocol", (variant) => {
    const folder = mkdtempSync(join(tmpdir(), "haproxy-"));
    try {
      for (const [name, text] of Object.entries(haproxyFiles({ ...settings, ...variant }))) {
        writeFileSync(join(folder, name), text.replaceAll(CONFIG_PATH, folder));
      }
      execFileSync("haproxy", ["-c", "-q", "-f", join(folder, "haproxy.cfg")], { stdio: "pipe" });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

test("source hashes consistently, by the servers' addresses, so that balancers agree", () => {
  const config = haproxyConfig({ ...settings, algorithm: "source" });
  expect(config).toMatch(/balance source\n\s+hash-type consistent/);
  expect(config).toContain("hash-key addr-port");
});

test("a client's address comes from where it was said to, and no client can claim another", () => {
  const of = (clientAddress: HaproxySettings["clientAddress"]) => haproxyConfig({ ...settings, clientAddress });
  expect(of("proxy-protocol")).toContain("bind :8080 accept-proxy");
  expect(of("header")).toMatch(
    /trusted\) bool\(true\) if \{ src 127\.0\.0\.1\/32 \}\n.*set-src req.hdr_ip\(x-forwarded-for,-1\) if \{ var\(txn.trusted\)/,
  );
  expect(of("connection")).not.toContain("set-src");
});

test("the shop's metrics are closed to the outside, in whatever spelling", () => {
  expect(haproxyConfig(settings)).toContain("deny status 404 if { path,url_dec -m beg -i /metrics }");
});

test("only what may happen twice is tried again once a server has it", () => {
  expect(haproxyConfig(settings)).toMatch(
    /acl read method GET HEAD OPTIONS\n.*repeatable req.hdr\(Idempotency-Key\)[^]*disable-l7-retry unless read or repeatable/,
  );
});

test("servers outlive a silent DNS, and leave at once when it says so", () => {
  const config = haproxyConfig(settings);
  for (const status of ["nx", "other", "refused", "timeout"]) expect(config).toContain(`hold ${status} 24h`);
  expect(config).toContain("hold obsolete 0s");
  expect(config).toContain("accepted_payload_size 8192");
});

test("a dead server costs under a second before the next is asked", () => {
  const config = haproxyConfig(settings);
  expect(config).toContain("timeout connect 500ms");
  expect(config).toContain("option redispatch 1");
});

test("an idle connection is dropped here long before the shop closes it (75 s)", () => {
  expect(seconds(haproxyConfig(settings), "timeout http-keep-alive")).toBeLessThan(75);
  expect(haproxyConfig(settings)).toContain("option http-server-close");
  expect(haproxyConfig({ ...settings, services: [{ ...service, protocol: "grpc" }] })).toContain("pool-purge-delay 1s");
});
