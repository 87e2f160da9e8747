import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { allLabels, type Labels } from "./labels";
import { podSecurityContext } from "./security";

type PodSpec = k8s.types.input.core.v1.PodSpec;

/**
 * What every pod has: an account, no token of its, and as few rights on its node as a pod can have.
 *
 * @param account name of its service account
 */
export function podBase(account: pulumi.Input<string>) {
  return {
    serviceAccountName: account,
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    securityContext: podSecurityContext(),
  };
}

/**
 * What the specification of every workload says of its pods: which they are, and what they are made from.
 *
 * @param annotations of the pods. @default none
 */
export function podsOf(labels: Labels, spec: PodSpec, annotations: Record<string, string> = {}) {
  const named = Object.keys(annotations).length > 0 && { annotations };
  return {
    selector: { matchLabels: labels },
    template: { metadata: { labels: allLabels(labels), ...named }, spec },
  };
}

/**
 * The body of a StatefulSet. All of its pods start and stop at once: their own programs know who may go first.
 *
 * @param service name of the headless Service that its pods' names are under
 */
export function setOf(labels: Labels, service: pulumi.Input<string>, replicas: number, spec: PodSpec) {
  return { serviceName: service, replicas, podManagementPolicy: "Parallel", ...podsOf(labels, spec) };
}

/**
 * The template that each pod of a StatefulSet has its volume from.
 *
 * @param storage size, and storage class unless it is to be the cluster's default
 */
export function claim(
  name: string,
  storage: { size: pulumi.Input<string>; className?: pulumi.Input<string> | undefined },
  labels?: Labels,
): k8s.types.input.core.v1.PersistentVolumeClaim {
  return {
    metadata: { name, labels },
    spec: {
      accessModes: ["ReadWriteOnce"],
      storageClassName: storage.className,
      resources: { requests: { storage: storage.size } },
    },
  };
}

/** The service account's token as a volume, so that only the containers that call the API get it. */
export const TOKEN_VOLUME: k8s.types.input.core.v1.Volume = {
  name: "token",
  projected: {
    defaultMode: 0o440,
    sources: [
      { serviceAccountToken: { path: "token", expirationSeconds: 3607 } },
      { configMap: { name: "kube-root-ca.crt", items: [{ key: "ca.crt", path: "ca.crt" }] } },
      { downwardAPI: { items: [{ path: "namespace", fieldRef: { fieldPath: "metadata.namespace" } }] } },
    ],
  },
};

/** Where a container that calls the API finds it: Kubernetes' own place, which clients know. */
export const TOKEN_MOUNT: k8s.types.input.core.v1.VolumeMount = {
  name: "token",
  mountPath: "/var/run/secrets/kubernetes.io/serviceaccount",
  readOnly: true,
};
