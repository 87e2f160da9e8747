import type * as k8s from "@pulumi/kubernetes";

/**
 * The uid and gid that Holdfast's pods run as unless an image's files demand another:
 * above 10000, so that it collides with no account of a node (kube-score, checkov CKV_K8S_40).
 */
export const DEFAULT_UID = 10_001;

/**
 * Pod-level half of Pod Security *restricted*.
 *
 * @param uid user, group and volume group of the pod
 */
export function podSecurityContext(uid: number = DEFAULT_UID): k8s.types.input.core.v1.PodSecurityContext {
  return {
    runAsNonRoot: true,
    runAsUser: uid,
    runAsGroup: uid,
    fsGroup: uid,
    // Without this a large volume is chowned file by file at every start of a database pod.
    fsGroupChangePolicy: "OnRootMismatch",
    seccompProfile: { type: "RuntimeDefault" },
  };
}

/** Container-level half of Pod Security *restricted*; a container writes only to the volumes it declares. */
export function containerSecurityContext(): k8s.types.input.core.v1.SecurityContext {
  return {
    allowPrivilegeEscalation: false,
    privileged: false,
    readOnlyRootFilesystem: true,
    runAsNonRoot: true,
    capabilities: { drop: ["ALL"] },
  };
}

/** Labels that make a namespace enforce Pod Security *restricted*. */
export const RESTRICTED_NAMESPACE_LABELS = {
  "pod-security.kubernetes.io/enforce": "restricted",
  "pod-security.kubernetes.io/enforce-version": "latest",
  "pod-security.kubernetes.io/warn": "restricted",
} as const;
