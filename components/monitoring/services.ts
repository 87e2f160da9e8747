import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { createService, type Workload } from "../common/workload";
import { headlessName, PORTS } from "./names";

type ServiceSpec = k8s.types.input.core.v1.ServiceSpec;

/**
 * A Service for clients, and a headless one for the names of the pods.
 *
 * @returns name of the headless one
 */
function createPair(of: Workload, port: number, headless: ServiceSpec, parent: pulumi.Resource): pulumi.Output<string> {
  const selector = of.labels;
  const ports = [{ name: "http", port, targetPort: "http", protocol: "TCP" }];
  createService(of, of.name, { selector, ports }, parent);
  return createService(of, headlessName(of.name), { clusterIP: "None", selector, ...headless }, parent).metadata.name;
}

/** Prometheus' Services. @returns name of the headless one */
export function createPrometheusServices(of: Workload, parent: pulumi.Resource): pulumi.Output<string> {
  const ports = [{ name: "http", port: PORTS.prometheus, protocol: "TCP" }];
  return createPair(of, PORTS.prometheus, { ports }, parent);
}

/** Alertmanager's Services. @returns name of the headless one */
export function createAlertmanagerServices(of: Workload, parent: pulumi.Resource): pulumi.Output<string> {
  const ports = [
    { name: "gossip", port: PORTS.gossip, protocol: "TCP" },
    { name: "gossip-udp", port: PORTS.gossip, protocol: "UDP" },
  ];
  // Peers that start together have to find each other while none of them is ready.
  return createPair(of, PORTS.alertmanager, { publishNotReadyAddresses: true, ports }, parent);
}
