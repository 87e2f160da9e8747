import { expect, test } from "vitest";
import { RULES } from "../commands/policy/rules";
import { selectorLabels } from "../components/common/labels";
import { LoadBalancer, type LoadBalancerArgs } from "../components";
import { registeredBy } from "../graph/registered";
import { evaluate } from "../policy/engine/evaluate";

const web = {
  endpoint: { namespace: "shop", labels: selectorLabels("web", "web"), ports: [8000] },
  service: "web-headless",
};
const orders = {
  endpoint: { namespace: "rpc", labels: selectorLabels("rpc", "web"), ports: [9000] },
  service: "rpc-headless",
  protocol: "grpc" as const,
};

const found = async (args: Partial<LoadBalancerArgs>): Promise<string[]> => {
  const graph = await registeredBy(() => new LoadBalancer("lb", { namespace: "shop", backend: web, ...args }));
  return evaluate(RULES, graph, { environment: "prod" }).map(({ message }) => message);
};

test.each<[string, Partial<LoadBalancerArgs>]>([
  ["several services", { backend: undefined, routes: [{ backend: web }, { path: "/shop.Orders", backend: orders }] }],
  ["certificates of the user's", { tls: { certificates: [{ secretName: "shop-tls" }] } }],
  ["a certificate by ACME", { tls: { acme: { hosts: ["shop.example.com"] } } }],
  ["an authority", { tls: { authority: { hosts: ["localhost"] } } }],
])("with %s a balancer breaks no policy that it does not break without", async (_what, args) => {
  expect(await found(args)).toEqual(await found({}));
});
