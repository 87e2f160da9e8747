import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { transformed } from "../common/component";
import { metadataOf, type Workload } from "../common/workload";
import type { WebServiceArgs } from "./args";
import type { WebSettings } from "./completed";

/** A web service's Services. */
interface WebServices {
  /** For callers inside the cluster. */
  callers: k8s.core.v1.Service;
  /** Lists the pods that are ready, for a balancer. */
  ready: k8s.core.v1.Service;
  /** Lists every pod: one that fails its probe may answer all the same, where a balancer would have nobody else. */
  every: k8s.core.v1.Service;
}

/** Creates them. */
export function createServices(
  of: Workload,
  { port, protocol }: WebSettings,
  transform: WebServiceArgs["transform"],
  parent: pulumi.Resource,
): WebServices {
  const grpc = protocol === "grpc" && { appProtocol: "kubernetes.io/h2c" };
  const ports = [{ name: "http", port, targetPort: "http", protocol: "TCP", ...grpc }];
  const selector = of.labels;
  const service = (args: k8s.core.v1.ServiceArgs, name: string) => new k8s.core.v1.Service(name, args, { parent });
  const headless = (name: string, everyPod: object = {}) =>
    service({ metadata: metadataOf(of, name), spec: { clusterIP: "None", selector, ports, ...everyPod } }, name);
  const callers: k8s.core.v1.ServiceArgs = { metadata: metadataOf(of), spec: { type: "ClusterIP", selector, ports } };
  return {
    callers: service(transformed(transform?.service, callers), of.name),
    ready: headless(`${of.name}-headless`),
    every: headless(`${of.name}-every`, { publishNotReadyAddresses: true }),
  };
}
