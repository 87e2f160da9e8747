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
  expect(tlsOf(args(), [])).toBeUndefined();
  expect(tlsOf(args({ certificates: [one] }), [])).toEqual({
    certificates: [{ ...one, hosts: [] }],
    redirect: true,
    port: 443,
    nodePort: 30443,
    hsts: undefined,
  });
});

test("the only certificate must be for the hosts of the routes, unless it says for whom", () => {
  const routes = [route("a.example"), route("a.example"), route("*.b.example"), route(undefined)];
  const hosts = (certificates: TlsArgs["certificates"]) =>
    tlsOf(args({ certificates: certificates! }), routes)!.certificates.map((certificate) => certificate.hosts);
  expect(hosts([one])).toEqual([["a.example", "*.b.example"]]);
  expect(hosts([{ ...one, hosts: ["C.example."] }])).toEqual([["c.example"]]);
  expect(hosts([one, one])).toEqual([[], []]);
});

test("what browsers are to remember", () => {
  const hsts = (value: TlsArgs["hsts"]) => tlsOf(args({ certificates: [one], hsts: value! }), [])!.hsts;
  expect(hsts({ seconds: 300 })).toBe("max-age=300");
  expect(hsts({ seconds: 31_536_000, subdomains: true })).toBe("max-age=31536000; includeSubDomains");
});

describe("refused in one sentence that says what to type", () => {
  test.each<[string, LoadBalancerArgs]>([
    ["tls.certificates is empty", args({})],
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
    expect(() => tlsOf(wrong, [])).toThrow(sentence);
    expect(() => tlsOf(wrong, [])).toThrow(/^LoadBalancer: [^\n]*\.$/);
  });
});
