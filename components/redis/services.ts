import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { allLabels, type Labels } from "../common/labels";
import { REDIS_PORT } from "./names";

/** The Services of one StatefulSet. */
export interface Addresses {
  /** Name of the headless Service that a StatefulSet has to have; nothing here looks it up. */
  headless: pulumi.Output<string>;
  /** The address of each pod, by ordinal: it stays the same for whatever pod has that ordinal. */
  perPod: pulumi.Output<string>[];
}

/** Pulumi would wait for endpoints, and the pods wait for these very addresses. */
const DO_NOT_WAIT = { "pulumi.com/skipAwait": "true" };

/**
 * One Service per pod, so that every member is known by an address that outlives its pod and needs no name to be
 * resolved. They carry pods that are not ready, too: members have to find each other before they can become ready.
 *
 * @param name name of the StatefulSet; the Services are called `name-0`, `name-1`, …
 */
export function createAddresses(
  name: string,
  args: { namespace: pulumi.Input<string>; selector: Labels; replicas: number; port: number; portName: string },
  opts: pulumi.CustomResourceOptions,
): Addresses {
  const service = (serviceName: string, selector: Labels, clusterIP?: string) =>
    new k8s.core.v1.Service(
      serviceName,
      {
        metadata: {
          name: serviceName,
          namespace: args.namespace,
          labels: allLabels(args.selector),
          annotations: DO_NOT_WAIT,
        },
        spec: {
          type: "ClusterIP",
          ...(clusterIP === undefined ? {} : { clusterIP }),
          selector,
          publishNotReadyAddresses: true,
          ports: [{ name: args.portName, port: args.port, targetPort: args.port, protocol: "TCP" }],
        },
      },
      opts,
    );
  const headless = service(`${name}-headless`, args.selector, "None");
  const perPod = Array.from({ length: args.replicas }, (_, ordinal) =>
    service(`${name}-${ordinal}`, { ...args.selector, "statefulset.kubernetes.io/pod-name": `${name}-${ordinal}` }),
  );
  return { headless: headless.metadata.name, perPod: perPod.map((one) => one.spec.clusterIP) };
}

/** The addresses as the agents read them: one per ordinal, separated by spaces. */
export function addressList(addresses: Addresses): pulumi.Output<string> {
  return pulumi.all(addresses.perPod).apply((all) => all.join(" "));
}

/**
 * The Service that always points at the primary. It has no selector: which pod is the primary is nothing a label could
 * say without somebody who writes it, and a label stays on a dead node's pod for most of a minute. Its EndpointSlice is
 * written by the agents beside the Sentinels (pointer.py).
 *
 * @param selector labels of the servers, which the Service's own are taken from
 * @returns the Service's address
 */
export function createPrimaryService(
  name: string,
  args: { namespace: pulumi.Input<string>; selector: Labels },
  opts: pulumi.CustomResourceOptions,
): pulumi.Output<string> {
  const metadata = { name, namespace: args.namespace, labels: allLabels(args.selector), annotations: DO_NOT_WAIT };
  const ports = [{ name: "redis", port: REDIS_PORT, targetPort: REDIS_PORT, protocol: "TCP" }];
  return new k8s.core.v1.Service(name, { metadata, spec: { type: "ClusterIP", ports } }, opts).spec.clusterIP;
}
