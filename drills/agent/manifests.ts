import type { KubernetesObject, V1Pod, V1PodSpec } from "@kubernetes/client-node";
import { clusterWide, kubectl, type Command } from "../stack/command";
import { PATHS, type AgentConfig } from "./config";

/** Name and label of everything the load pod brings; no selector of the stack matches it. */
export const CLIENT = "drill-client";
const LABELS = { "app.kubernetes.io/name": CLIENT, "app.kubernetes.io/component": "drill" };

/** The uid of the web image (app/Dockerfile). */
export const UID = 10_001;

/** What the load pod has of the web pods: the addresses and passwords that they use, and no others. */
export interface WebPods {
  /** Any image with Node.js would do; this one is on the nodes already. */
  image: string;
  /** ConfigMap of their environment. */
  config: string;
  /** Secrets with key `password`, of the database and of Redis. */
  database: string;
  redis: string;
}

/**
 * Finds that in a pod template of theirs: the names change with what the objects hold. Pure.
 *
 * @param deployment what they are pods of
 * @throws Error naming what is not there
 */
export function webPods(deployment: string, spec: V1PodSpec): WebPods {
  const found = <T>(what: string, value: T | undefined): T => {
    if (value !== undefined) return value;
    throw new Error(
      `the Deployment ${deployment} has no ${what}: the drill puts its load on the shop of this repository`,
    );
  };
  const secret = (name: string): string =>
    found(`Secret mounted as ${name}`, spec.volumes?.find((volume) => volume.name === name)?.secret?.secretName);
  const [container] = spec.containers;
  return {
    image: found("image", container?.image),
    config: found("ConfigMap in its environment", container?.envFrom?.[0]?.configMapRef?.name),
    database: secret("postgres"),
    redis: secret("redis"),
  };
}

/** What the load pod's manifests depend on. */
export interface ClientSettings {
  namespace: string;
  node: string;
  web: WebPods;
  /** Workloads that the load pod may enter while the drill lasts, and on which ports. */
  entrances: Record<string, number>;
  /** The bundled agent. */
  program: string;
  config: AgentConfig;
}

function pod({ namespace, node, web }: ClientSettings): V1Pod & KubernetesObject {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: CLIENT, namespace, labels: LABELS },
    spec: {
      // Put there by name, past the scheduler: neither a full node nor a taint may decide where the load comes from.
      nodeName: node,
      restartPolicy: "Always",
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      terminationGracePeriodSeconds: 0,
      securityContext: {
        runAsNonRoot: true,
        runAsUser: UID,
        runAsGroup: UID,
        fsGroup: UID,
        seccompProfile: { type: "RuntimeDefault" },
      },
      containers: [
        {
          name: "client",
          image: web.image,
          command: ["node", `${PATHS.program}/agent.cjs`],
          envFrom: [{ configMapRef: { name: web.config } }],
          resources: { requests: { cpu: "50m", memory: "96Mi" }, limits: { memory: "512Mi" } },
          securityContext: {
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ["ALL"] },
          },
          volumeMounts: [
            { name: "program", mountPath: PATHS.program, readOnly: true },
            { name: "journal", mountPath: PATHS.journal },
            { name: "database", mountPath: "/run/secrets/postgres", readOnly: true },
            { name: "redis", mountPath: "/run/secrets/redis", readOnly: true },
          ],
        },
      ],
      volumes: [
        { name: "program", configMap: { name: CLIENT } },
        { name: "journal", emptyDir: { sizeLimit: "256Mi" } },
        { name: "database", secret: { secretName: web.database, items: [{ key: "password", path: "password" }] } },
        { name: "redis", secret: { secretName: web.redis, items: [{ key: "password", path: "password" }] } },
      ],
      // Nowhere is worth waiting for less than the end of the drill.
      tolerations: [{ operator: "Exists" }],
    },
  };
}

function policies({ namespace, entrances }: ClientSettings): KubernetesObject[] {
  const policy = (name: string, spec: object): KubernetesObject => ({
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    metadata: { name, namespace, labels: LABELS },
    ...{ spec },
  });
  const ports = (numbers: number[]): object[] => numbers.map((port) => ({ protocol: "TCP", port }));
  const client = { podSelector: { matchLabels: LABELS } };
  return [
    policy(CLIENT, {
      ...client,
      policyTypes: ["Ingress", "Egress"],
      egress: [{ to: [{ podSelector: {} }], ports: ports(Object.values(entrances)) }],
    }),
    ...Object.entries(entrances).map(([workload, port]) =>
      policy(`${CLIENT}-into-${workload}`, {
        podSelector: { matchLabels: { "app.kubernetes.io/name": workload } },
        policyTypes: ["Ingress"],
        ingress: [{ from: [client], ports: ports([port]) }],
      }),
    ),
  ];
}

/** Makes the load pod, its program, and a way for it through the stack's network policies (policies only ever add). */
export function createClient(settings: ClientSettings): Command {
  const program: KubernetesObject & { data: Record<string, string> } = {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: CLIENT, namespace: settings.namespace, labels: LABELS },
    data: { "agent.cjs": settings.program, "config.json": JSON.stringify(settings.config) },
  };
  const items = [...policies(settings), program, pod(settings)];
  return { ...clusterWide("create", "-f", "-"), input: JSON.stringify({ apiVersion: "v1", kind: "List", items }) };
}

/** Removes all of it, however much of it there is. */
export function removeClient(namespace: string): Command {
  const mine = ["-l", `app.kubernetes.io/name=${CLIENT}`];
  return kubectl(
    { namespace },
    "delete",
    "pod,configmap,networkpolicy",
    ...mine,
    "--ignore-not-found",
    "--force",
    "--grace-period=0",
  );
}
