import { describe, expect, test } from "vitest";
import { graphDemand, podRequests } from "./demand";

const container = (cpu: string, memory: string, more = {}) => ({ resources: { requests: { cpu, memory } }, ...more });

describe("what a pod reserves", () => {
  test("its containers and sidecars together", () => {
    const spec = {
      containers: [container("200m", "256Mi"), container("50m", "64Mi")],
      initContainers: [container("50m", "64Mi", { restartPolicy: "Always" })],
    };
    expect(podRequests(spec)).toEqual({ cpu: expect.closeTo(0.3, 9), memory: 384 * 2 ** 20 });
  });

  test("an init container that wants more than all of them", () => {
    expect(podRequests({ containers: [container("100m", "64Mi")], initContainers: [container("1", "32Mi")] })).toEqual({
      cpu: 1,
      memory: 64 * 2 ** 20,
    });
  });
});

test("a Deployment is counted with its autoscaler's bounds and a surge pod", () => {
  const graph = [
    {
      type: "kubernetes:apps/v1:Deployment",
      props: { metadata: { name: "web" }, spec: { template: { spec: { containers: [container("1", "1Gi")] } } } },
    },
    {
      type: "kubernetes:autoscaling/v2:HorizontalPodAutoscaler",
      props: { metadata: { name: "web" }, spec: { scaleTargetRef: { name: "web" }, minReplicas: 3, maxReplicas: 8 } },
    },
  ];
  expect(graphDemand(graph)).toMatchObject([{ workload: "web", pods: 4, most: 9 }]);
});
