import { describe, expect, test } from "vitest";
import { evaluate } from "../../policy/engine/evaluate";
import { networkRules } from "../../policy/rules/network";
import { networkPolicy } from "./network";
import { outsideAnnotation, outsideRules, type OutsideEdge } from "./outside";

const pay: OutsideEdge = { host: "api.pay.example", port: 443, why: "card payments" };
const store: OutsideEdge = { cidr: "10.9.0.5/32", port: 9000, why: "invoices" };

test("a name is let out to every public address on its port, and to no private one", () => {
  const [rule, ...others] = outsideRules([pay, { ...pay, host: "mail.example" }]);
  expect(others).toEqual([]);
  expect(rule).toMatchObject({
    to: [
      { ipBlock: { cidr: "0.0.0.0/0", except: expect.arrayContaining(["10.0.0.0/8", "169.254.0.0/16"]) } },
      { ipBlock: { cidr: "2000::/3" } },
    ],
    ports: [{ protocol: "TCP", port: 443 }],
  });
});

test("a range is let out to that range, and an address to itself", () => {
  expect(outsideRules([store])).toEqual([
    { to: [{ ipBlock: { cidr: "10.9.0.5/32" } }], ports: [{ protocol: "TCP", port: 9000 }] },
  ]);
  expect(outsideRules([{ ...pay, host: "203.0.113.7" }])).toMatchObject([
    { to: [{ ipBlock: { cidr: "203.0.113.7/32" } }] },
  ]);
  expect(outsideRules([{ ...pay, host: "store.corp", cidr: "10.0.0.0/8" }])).toMatchObject([
    { to: [{ ipBlock: { cidr: "10.0.0.0/8" } }] },
  ]);
});

test("each is named, with its reason, where people and policies look", () => {
  expect(JSON.parse(outsideAnnotation([pay, store])["holdfast.dev/outside"]!)).toEqual([pay, store]);
  expect(outsideAnnotation([])).toEqual({});
});

const metadata = { name: "web", namespace: "shop", labels: {} };
const dnsPorts = (edges: Parameters<typeof networkPolicy>[2]) =>
  JSON.stringify(networkPolicy(metadata, { app: "web" }, edges).spec).includes('"port":53');

test("who calls a name may ask for its address, who calls a range need not", () => {
  expect(dnsPorts({ dns: false })).toBe(false);
  expect(dnsPorts({ dns: false, outside: [store] })).toBe(false);
  expect(dnsPorts({ dns: false, outside: [pay] })).toBe(true);
});

test.each([
  [[pay]],
  [[store]],
  [[pay, store, { ...pay, port: 587 }]],
  [[{ ...pay, host: "203.0.113.7" }]],
  [[{ ...pay, cidr: "203.0.113.0/24" }]],
])("our own policy accepts %j", (outside) => {
  const props = JSON.parse(JSON.stringify(networkPolicy(metadata, { app: "web" }, { outside })));
  const rule = networkRules.filter(({ id }) => id === "no-open-edge");
  const found = evaluate(rule, [{ type: "kubernetes:networking.k8s.io/v1:NetworkPolicy", name: "web", props }], {
    environment: "prod",
  });
  expect(found.map(({ message }) => message)).toEqual([]);
});

describe("refused", () => {
  test.each<[string, Partial<OutsideEdge>]>([
    ["whom it leads to", { host: undefined }],
    ["without scheme and port", { host: "https://api.pay.example" }],
    ["without scheme and port", { host: "api.pay.example:443" }],
    ["without scheme and port", { host: "*.pay.example" }],
    ["name of a private network", { host: "relay.ops.svc" }],
    ["name of a private network", { host: "localhost" }],
    ["so wide that it names nobody", { cidr: "0.0.0.0/0" }],
    ["so wide that it names nobody", { cidr: "128.0.0.0/1" }],
    ["so wide that it names nobody", { cidr: "::/0" }],
    ["a range of addresses", { cidr: "10.0.0.5" }],
    ["from 1 to 65535", { port: 0 }],
    ["from 1 to 65535", { port: 65_536 }],
    ["what it is for", { why: " " }],
  ])("%s: %j", (sentence, wrong) => {
    expect(() => outsideRules([{ ...pay, ...wrong }])).toThrow(sentence);
  });
});
