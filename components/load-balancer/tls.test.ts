import { describe, expect, test } from "vitest";
import type { LoadBalancerArgs, TlsArgs } from "./args";
import { tlsOf } from "./tls";

const backend = { endpoint: { namespace: "shop", labels: { app: "web" }, ports: [8000] }, service: "web" };
const one = { secretName: "shop-tls" };
const args = (tls?: TlsArgs, more: Partial<LoadBalancerArgs> = {}): LoadBalancerArgs => ({
  namespace: "shop",
  backend,
  ...(tls && { tls }),
  ...more,
});
const route = (host: string | undefined) => ({ host, path: "", service: "web" });

test("nothing said is no TLS; the rest has defaults", () => {
  expect(tlsOf("lb", args(), [])).toBeUndefined();
  expect(tlsOf("lb", args({ certificates: [one] }), [])).toEqual({
    certificates: [{ ...one, hosts: [] }],
    issue: undefined,
    redirect: true,
    port: 443,
    nodePort: 30443,
    hsts: undefined,
  });
});

test("the only certificate must be for the hosts of the routes, unless it says for whom", () => {
  const routes = [route("a.example"), route("a.example"), route("*.b.example"), route(undefined)];
  const hosts = (certificates: TlsArgs["certificates"]) =>
    tlsOf("lb", args({ certificates: certificates! }), routes)!.certificates.map((certificate) => certificate.hosts);
  expect(hosts([one])).toEqual([["a.example", "*.b.example"]]);
  expect(hosts([{ ...one, hosts: ["C.example."] }])).toEqual([["c.example"]]);
  expect(hosts([one, one])).toEqual([[], []]);
});

test("one that is got is kept in a Secret of the balancer's, and is for the hosts that are named", () => {
  const directory = "https://acme-v02.api.letsencrypt.org/directory";
  const hosts = ["Shop.example.com", "shop.example.com."];
  expect(tlsOf("lb", args({ acme: { hosts } }), [route("shop.example.com")])).toMatchObject({
    certificates: [{ secretName: "lb-certificate", hosts: ["shop.example.com"] }],
    issue: { kind: "acme", hosts: ["shop.example.com"], directory, settle: 150 },
  });
  expect(tlsOf("lb", args({ authority: { hosts: ["localhost"] } }), [])!.issue).toEqual({
    kind: "authority",
    hosts: ["localhost"],
  });
});

test("a host of the routes that nobody gets a certificate for is refused", () => {
  const tls = args({ acme: { hosts: ["a.example"] } });
  expect(() => tlsOf("lb", tls, [route("b.example")])).toThrow(
    "routes name the host b.example, for which tls.acme.hosts",
  );
});

test("what browsers are to remember", () => {
  const hsts = (value: TlsArgs["hsts"]) => tlsOf("lb", args({ certificates: [one], hsts: value! }), [])!.hsts;
  expect(hsts({ seconds: 300 })).toBe("max-age=300");
  expect(hsts({ seconds: 31_536_000, subdomains: true })).toBe("max-age=31536000; includeSubDomains");
});

describe("refused in one sentence that says what to type", () => {
  test.each<[string, LoadBalancerArgs]>([
    ["one is wanted, and there is none", args({})],
    ["tls.certificates and tls.acme", args({ certificates: [one], acme: { hosts: ["a.example"] } })],
    ["tls.acme.hosts is empty", args({ acme: { hosts: [] } })],
    ["tls.authority.hosts is empty", args({ authority: { hosts: [] } })],
    ['tls.authority.hosts has "10.0.0.1"', args({ authority: { hosts: ["10.0.0.1"] } })],
    ["tls.acme.hosts has *.a.example", args({ acme: { hosts: ["*.a.example"] } })],
    [
      'tls.acme.directory is "http://a.example"',
      args({ acme: { hosts: ["a.example"], directory: "http://a.example" } }),
    ],
    ['tls.acme.directory is "staging"', args({ acme: { hosts: ["a.example"], directory: "staging" } })],
    ["tls.certificates is empty", args({ certificates: [] })],
    ["leave out one of them", args({ certificates: [one] }, { entryScheme: "https" })],
    [
      'tls.certificates[0].hosts has "https://a.example"',
      args({ certificates: [{ ...one, hosts: ["https://a.example"] }] }),
    ],
    ["tls.port is 0", args({ certificates: [one], port: 0 })],
    ["tls.port is 70000", args({ certificates: [one], port: 70_000 })],
    ["tls.hsts.seconds is -1", args({ certificates: [one], hsts: { seconds: -1 } })],
    ["tls.hsts.seconds is 1.5", args({ certificates: [one], hsts: { seconds: 1.5 } })],
  ])("%s", (sentence, wrong) => {
    expect(() => tlsOf("lb", wrong, [])).toThrow(sentence);
    expect(() => tlsOf("lb", wrong, [])).toThrow(/^LoadBalancer: [^\n]*\.$/);
  });
});
