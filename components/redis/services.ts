import * as pulumi from "@pulumi/pulumi";
import type { Labels } from "../common/labels";
import { createService, type Workload } from "../common/workload";
import { REDIS_PORT } from "./names";

/** The Services of one StatefulSet. */
export interface Addresses {
  /** Name of the headless Service that a StatefulSet has to have; nothing here looks it up. */
  headless: pulumi.Output<string>;
  /** The address of each pod, by ordinal: it stays the same for whatever pod has that ordinal. */
  perPod: pulumi.Output<string>[];
}

/**
 * One Service per pod, so that every member is known by an address that outlives its pod and needs no name to be
 * resolved. They carry pods that are not ready, too: members have to find each other before they can become ready.
 *
 * @param of the StatefulSet's; the Services are called `name-0`, `name-1`, …
 */
export function createAddresses(
  of: Workload,
  { replicas, port, portName }: { replicas: number; port: number; portName: string },
  parent: pulumi.Resource,
): Addresses {
  const service = (name: string, selector: Labels, clusterIP?: string) =>
    createService(
      of,
      name,
      {
        type: "ClusterIP",
        ...(clusterIP === undefined ? {} : { clusterIP }),
        selector,
        publishNotReadyAddresses: true,
        ports: [{ name: portName, port, targetPort: port, protocol: "TCP" }],
      },
      parent,
    );
  const headless = service(`${of.name}-headless`, of.labels, "None");
  const perPod = Array.from({ length: replicas }, (_, ordinal) =>
    service(`${of.name}-${ordinal}`, {
      ...of.labels,
      "statefulset.kubernetes.io/pod-name": `${of.name}-${ordinal}`,
    }),
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
 * @param of the servers', whose name and labels are the Service's own
 * @returns the Service's address
 */
export function createPrimaryService(of: Workload, parent: pulumi.Resource): pulumi.Output<string> {
  const ports = [{ name: "redis", port: REDIS_PORT, targetPort: REDIS_PORT, protocol: "TCP" }];
  return createService(of, of.name, { type: "ClusterIP", ports }, parent).spec.clusterIP;
}
