import { expect, test } from "vitest";
import { parse } from "yaml";
import { kindConfig, SECURE } from "./kind-config";

interface Node {
  role: string;
  extraPortMappings?: { containerPort: number; hostPort: number; listenAddress: string }[];
}
const mappings = (text: string) =>
  (parse(text) as { nodes: Node[] }).nodes.flatMap(({ role, extraPortMappings = [] }) =>
    extraPortMappings.map(
      ({ containerPort, hostPort, listenAddress }) => `${role} ${listenAddress}:${hostPort} to ${containerPort}`,
    ),
  );

test("the entries are published by the control plane, on loopback only", () => {
  const shop = { nodePort: 30080, hostPort: 8080 };
  expect(mappings(kindConfig(undefined, [shop]))).toEqual(["control-plane 127.0.0.1:8080 to 30080"]);
  expect(mappings(kindConfig("node:1", [shop, SECURE]))).toEqual([
    "control-plane 127.0.0.1:8080 to 30080",
    "control-plane 127.0.0.1:8443 to 30443",
  ]);
});
