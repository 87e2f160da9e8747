import { expect, test } from "vitest";
import { mirroredName } from "./registry";

test.each([
  ["haproxy:3.0.11", "library/haproxy:3.0.11"],
  ["prom/prometheus:v2.53.3", "prom/prometheus:v2.53.3"],
  ["registry.k8s.io/coredns/coredns:v1.12.1", "coredns/coredns:v1.12.1"],
  ["registry.k8s.io/pause:3.10.1", "pause:3.10.1"],
  ["localhost:5001/web-app:1", "web-app:1"],
])("%s is asked for as %s", (reference, name) => {
  expect(mirroredName(reference)).toBe(name);
});
