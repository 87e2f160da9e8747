import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { transformed } from "../common/component";
import { metadataOf, type Workload } from "../common/workload";
import type { Autoscaling } from "./args";
import type { WebSettings } from "./completed";

/** The autoscaler, unless the service keeps a number of pods. */
export function createAutoscaler(
  of: Workload,
  { scaling, annotations, transform }: WebSettings,
  deployment: pulumi.Resource,
  parent: pulumi.Resource,
): void {
  if (typeof scaling === "number") return;
  const metadata = { ...metadataOf(of), annotations };
  const args = { metadata, spec: autoscalerSpec(of.name, scaling) };
  const opts = { parent, dependsOn: [deployment] };
  new k8s.autoscaling.v2.HorizontalPodAutoscaler(of.name, transformed(transform?.autoscaler, args), opts);
}

/**
 * Autoscaler of a Deployment: doubles within 15 s when it must, gives back one pod a minute after five calm minutes.
 */
function autoscalerSpec(
  deployment: string,
  scaling: Autoscaling,
): k8s.types.input.autoscaling.v2.HorizontalPodAutoscalerSpec {
  return {
    scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: deployment },
    minReplicas: scaling.min,
    maxReplicas: scaling.max,
    metrics: [
      {
        type: "Resource",
        resource: { name: "cpu", target: { type: "Utilization", averageUtilization: scaling.targetCpuPercent } },
      },
    ],
    behavior: {
      scaleUp: {
        stabilizationWindowSeconds: 0,
        selectPolicy: "Max",
        policies: [
          { type: "Percent", value: 100, periodSeconds: 15 },
          { type: "Pods", value: 2, periodSeconds: 15 },
        ],
      },
      scaleDown: {
        stabilizationWindowSeconds: 300,
        policies: [{ type: "Pods", value: 1, periodSeconds: 60 }],
      },
    },
  };
}
