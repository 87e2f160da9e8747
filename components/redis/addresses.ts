import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { allLabels, type Labels } from "../common/labels";

/** The Services of one StatefulSet. */
export interface Addresses {
  /** Name of the headless Service that a StatefulSet has to have; nothing here looks it up. */
  headless: pulumi.Output<string>;
  /** The address of each pod, by ordinal: it stays the same for whatever pod has that ordinal. */
  perPod: pulumi.Output<string>[];
}

/** Pulumi would wait for endpoints, and the pods wait for these very addresses. */
export const DO_NOT_WAIT = { "pulumi.com/skipAwait": "true" };

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

/** The addresses as the start scripts read them: one per ordinal, separated by spaces. */
export function addressList(addresses: Addresses): pulumi.Output<string> {
  return pulumi.all(addresses.perPod).apply((all) => all.join(" "));
}
