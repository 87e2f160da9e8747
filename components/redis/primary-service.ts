import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { sliceRules } from "../common/endpoint-slices";
import { IMAGES } from "../common/images";
import { allLabels, type Labels } from "../common/labels";
import { withScratch } from "../common/resources";
import { containerSecurityContext } from "../common/security";
import { REDIS_PORT } from "./settings";
import { DO_NOT_WAIT } from "./addresses";
import { RUN_PATH, SCRIPTS_PATH } from "./config";
import { script } from "./pods";

/** Where the pointer's token is mounted. */
export const TOKEN_PATH = "/run/secrets/kubernetes";

/** What the Service at the primary is made of. */
export interface PrimaryServiceArgs {
  namespace: pulumi.Input<string>;
  /** Labels of the servers, which the Service's own are taken from. */
  selector: Labels;
  /** Service account of the pods that the pointer runs in. */
  account: string;
  /** Number of servers, whose pods the pointer may look up. */
  replicas: number;
}

/**
 * The Service that always points at the primary. It has no selector: which pod is the primary is nothing a label could
 * say without somebody who writes it, and a label stays on a dead node's pod for most of a minute. Its EndpointSlice is
 * written by the pointers (see {@link pointerContainer}), which may do that and read the servers' addresses, no more.
 *
 * @returns the Service's address
 */
export function createPrimaryService(
  name: string,
  args: PrimaryServiceArgs,
  opts: pulumi.CustomResourceOptions,
): pulumi.Output<string> {
  const labels = allLabels(args.selector);
  const metadata = { name, namespace: args.namespace, labels };
  const service = new k8s.core.v1.Service(
    name,
    {
      metadata: { ...metadata, annotations: DO_NOT_WAIT },
      spec: {
        type: "ClusterIP",
        ports: [{ name: "redis", port: REDIS_PORT, targetPort: REDIS_PORT, protocol: "TCP" }],
      },
    },
    opts,
  );
  const role = new k8s.rbac.v1.Role(
    `${name}-pointer`,
    {
      metadata: { ...metadata, name: `${name}-pointer` },
      rules: [
        {
          apiGroups: [""],
          resources: ["pods"],
          resourceNames: Array.from({ length: args.replicas }, (_, ordinal) => `${name}-${ordinal}`),
          verbs: ["get"],
        },
        ...sliceRules([name], [`${name}-primary`]),
      ],
    },
    opts,
  );
  new k8s.rbac.v1.RoleBinding(
    `${name}-pointer`,
    {
      metadata: { ...metadata, name: `${name}-pointer` },
      subjects: [{ kind: "ServiceAccount", name: args.account, namespace: args.namespace }],
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: role.metadata.name },
    },
    opts,
  );
  return service.spec.clusterIP;
}

/**
 * The pointer, beside a Sentinel. It alone in its pod has a token.
 *
 * @param service name of the Service, which is also that of the servers' StatefulSet
 */
export function pointerContainer(
  service: string,
  environment: k8s.types.input.core.v1.EnvVar[],
): k8s.types.input.core.v1.Container {
  return {
    name: "pointer",
    image: IMAGES.curl,
    command: script("point-service.sh"),
    env: [
      ...environment,
      { name: "SERVICE", value: service },
      { name: "SERVERS", value: service },
      { name: "SA", value: TOKEN_PATH },
      { name: "NAMESPACE", valueFrom: { fieldRef: { fieldPath: "metadata.namespace" } } },
    ],
    resources: withScratch({ requests: { cpu: "10m", memory: "16Mi" }, limits: { cpu: "300m", memory: "48Mi" } }),
    // It touches a file every round; two minutes without one, and it is started again.
    livenessProbe: {
      exec: { command: script("point-service.sh", "alive") },
      periodSeconds: 60,
      timeoutSeconds: 10,
      failureThreshold: 3,
    },
    securityContext: containerSecurityContext(),
    volumeMounts: [
      { name: "config", mountPath: SCRIPTS_PATH, readOnly: true },
      { name: "pointer", mountPath: RUN_PATH },
      { name: "token", mountPath: TOKEN_PATH, readOnly: true },
    ],
  };
}

/** Volumes of the pointer: scratch space of its own, and a token that is renewed every hour. */
export const POINTER_VOLUMES: k8s.types.input.core.v1.Volume[] = [
  { name: "pointer", emptyDir: { medium: "Memory", sizeLimit: "4Mi" } },
  {
    name: "token",
    projected: {
      defaultMode: 0o440,
      sources: [
        { serviceAccountToken: { path: "token", expirationSeconds: 3_600 } },
        { configMap: { name: "kube-root-ca.crt", items: [{ key: "ca.crt", path: "ca.crt" }] } },
      ],
    },
  },
];
