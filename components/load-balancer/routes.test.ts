import { describe, expect, test } from "vitest";
import type { Backend, Route } from "./args";
import { routing } from "./routes";

const backend = (name?: string): Backend => ({
  endpoint: {
    namespace: "shop",
    labels: name === undefined ? { app: "x" } : { "app.kubernetes.io/name": name },
    ports: [8000],
  },
  service: `${name}-headless`,
});
const [web, api] = [backend("web"), backend("api")];

test("one service needs no name, and no routes", () => {
  expect(routing({ backend: web })).toEqual({ services: [{ name: undefined, backend: web }], matched: [] });
});

test("the most precise route comes first: host before wildcard before none, then the longer path", () => {
  const routes: Route[] = [
    { backend: web },
    { path: "/api", backend: api },
    { host: "*.example.com", backend: web },
    { host: "*.shop.example.com", backend: web },
    { host: "shop.example.com", backend: web },
    { host: "SHOP.example.com.", path: "/api/v2/", backend: api },
    { host: "shop.example.com", path: "/api", backend: api },
  ];
  expect(routing({ routes }).matched.map(({ host, path }) => `${host ?? "any"}${path}`)).toEqual([
    "shop.example.com/api/v2",
    "shop.example.com/api",
    "shop.example.com",
    "*.shop.example.com",
    "*.example.com",
    "any/api",
    "any",
  ]);
});

test("a service has the name of its pods; routes to the same one share it, and two of one name are told apart", () => {
  const twin = backend("web");
  const routes = [
    { host: "a.example", backend: web },
    { host: "b.example", backend: web },
    { host: "c.example", backend: twin },
    { host: "d.example", backend: backend() },
  ];
  expect(routing({ routes }).services.map(({ name }) => name)).toEqual(["web", "web-2", "service"]);
  expect(routing({ routes }).matched.map(({ service }) => service)).toEqual(["web", "web", "web-2", "service"]);
});

describe("refused in one sentence that says what to type", () => {
  const cases: [string, Parameters<typeof routing>[0]][] = [
    ["backend and routes are both set", { backend: web, routes: [{ backend: api }] }],
    ["neither backend nor routes", {}],
    ["neither backend nor routes", { routes: [] }],
    ["routes[0] and routes[1] are both for host any and path /api", twice({ path: "/api" }, { path: "/api/" })],
    ["both for host a.example and path /", twice({ host: "a.example" }, { host: "A.Example" })],
    ["both for host *.example.com and path /", twice({ host: "*.example.com" }, { host: "*.example.com", path: "/" })],
    ['routes[0].host is "https://a.example"', { routes: [{ host: "https://a.example", backend: web }] }],
    ['host is "a.example:443"', { routes: [{ host: "a.example:443", backend: web }] }],
    ['host is "*"', { routes: [{ host: "*", backend: web }] }],
    ['host is "a.*.example"', { routes: [{ host: "a.*.example", backend: web }] }],
    ['host is ""', { routes: [{ host: "", backend: web }] }],
    ['host is "10.0.0.1"', { routes: [{ host: "10.0.0.1", backend: web }] }],
    ['path is "api"', { routes: [{ path: "api", backend: web }] }],
    ['path is ""', { routes: [{ path: "", backend: web }] }],
    ['path is "/a//b"', { routes: [{ path: "/a//b", backend: web }] }],
    ['path is "/a/../b"', { routes: [{ path: "/a/../b", backend: web }] }],
    ['path is "/a?b=1"', { routes: [{ path: "/a?b=1", backend: web }] }],
    ['path is "/api/*"', { routes: [{ path: "/api/*", backend: web }] }],
    ['path is "/a\\nb"', { routes: [{ path: "/a\nb", backend: web }] }],
  ];
  test.each(cases)("%s", (sentence, args) => {
    expect(() => routing(args)).toThrow(sentence);
    expect(() => routing(args)).toThrow(/^LoadBalancer: [^\n]*\.$/);
  });

  function twice(one: Partial<Route>, other: Partial<Route>) {
    return {
      routes: [
        { ...one, backend: web },
        { ...other, backend: api },
      ],
    };
  }
});
