import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { transformed, type Transform } from "../../common/component";
import type { Live } from "../../common/content";
import { IMAGES } from "../../common/images";
import { podBase, setOf, TOKEN_MOUNT, TOKEN_VOLUME } from "../../common/pods";
import { withScratch } from "../../common/resources";
import { spread } from "../../common/scheduling";
import { containerSecurityContext } from "../../common/security";
import { metadataOf, type Workload } from "../../common/workload";
import { POOLER_PORTS, RUNTIME_DIRECTORY } from "../names";
import type { PoolerSettings } from "../pooler-config";
import { POOLER_DRAIN_SECONDS } from "../settings";
import { leaveSeconds } from "./stopping";
import { agentContainer, commonMounts, commonVolumes, dnsConfig, environment, sidecar } from "./shared";

/** What a pooler's pods need from the other parts of the component. */
export interface PoolerParts {
  image: pulumi.Input<string>;
  /** Name of the database component, whose leader Endpoints the agent watches. */
  cluster: string;
  /** Which members it pools for. */
  target: "primary" | "replicas";
  settings: PoolerSettings & { replicas: number };
  /** ConfigMap with PgBouncer's configuration. */
  config: pulumi.Input<string>;
  /** Service that its pods' names are under. */
  service: pulumi.Input<string>;
  /** ClusterIP of the primary's Service, in use until the agent knows better. */
  primaryAddress: pulumi.Input<string>;
  /** Secret with the passwords of the roles it lets in; its agent follows them. */
  credentials: Live;
  account: pulumi.Input<string>;
  transform?: Transform<k8s.types.input.apps.v1.StatefulSet>;
}

/** A pooler's StatefulSet. */
export function createPoolerPods(of: Workload, parts: PoolerParts, parent: pulumi.Resource): void {
  const set: k8s.types.input.apps.v1.StatefulSet = {
    metadata: metadataOf(of),
    spec: {
      ...setOf(of.labels, parts.service, parts.settings.replicas, poolerPod(of, parts)),
      // A pod that has just become ready has empty pools and no callers; the next one waits until they are back on it.
      minReadySeconds: 10,
    },
  };
  const opts = { parent, dependsOn: [parts.credentials.made] };
  new k8s.apps.v1.StatefulSet(of.name, transformed(parts.transform, set), opts);
}

/** The pod: PgBouncer, the agent that tells it where to go, the exporter. */
function poolerPod(of: Workload, args: PoolerParts): k8s.types.input.core.v1.PodSpec {
  const { settings } = args;
  const runtime = { name: "runtime", mountPath: RUNTIME_DIRECTORY };
  const env = [
    ...environment(),
    { name: "CLUSTER_NAME", value: args.cluster },
    { name: "DATABASE", value: settings.databases[0]!.name },
    { name: "TARGET", value: args.target },
    { name: "PRIMARY_ADDRESS", value: args.primaryAddress },
    { name: "STAY_SECONDS", value: String(settings.failover.poolerStaySeconds) },
    { name: "PAUSE_DEADLINE", value: String(settings.failover.pauseDeadlineMs / 1000) },
  ];
  const tcpSocket = { port: POOLER_PORTS.pgbouncer };
  const pgbouncer: k8s.types.input.core.v1.Container = {
    name: "pgbouncer",
    image: args.image,
    command: ["python3", "-m", "holdfast.pooler.start"],
    env,
    ports: [{ name: "pgbouncer", containerPort: POOLER_PORTS.pgbouncer }],
    resources: withScratch({ requests: { cpu: "50m", memory: "32Mi" }, limits: { cpu: "500m", memory: "128Mi" } }),
    securityContext: containerSecurityContext(),
    volumeMounts: commonMounts,
    // Without the agent, which lets the callers go one by one: SIGTERM would wait until they leave, and pools never
    // leave; SIGINT waits for their transactions only. To a PgBouncer that takes no more callers it means "now".
    lifecycle: {
      preStop: {
        exec: {
          command: [
            "sh",
            "-c",
            `python3 -S /opt/holdfast/hook.py leave ${leaveSeconds(settings.failover)}; kill -INT 1; sleep ` +
              `${POOLER_DRAIN_SECONDS}`,
          ],
        },
      },
    },
    startupProbe: { tcpSocket, periodSeconds: 1, failureThreshold: 30 },
    livenessProbe: { tcpSocket, periodSeconds: 10, failureThreshold: 3 },
    // Ready while it accepts callers, database or not: they are to wait here through a failover.
    readinessProbe: { tcpSocket, periodSeconds: 3, failureThreshold: 2 },
  };
  const helper = agentContainer(
    {
      image: args.image,
      command: ["python3", "-m", "holdfast.pooler.agent"],
      env,
      volumeMounts: [...commonMounts, TOKEN_MOUNT],
    },
    POOLER_PORTS.agent,
  );
  // PgBouncer need not wait for it: both start at once (a startup probe would hold it back), and until the agent is
  // there the primary's Service is as good. A pooler is back some seconds sooner.
  const { startupProbe: _, ...unhurried } = helper;
  const agent = { ...unhurried, readinessProbe: { ...helper.readinessProbe, periodSeconds: 2 } };
  const exporter = sidecar(
    {
      name: "exporter",
      image: IMAGES.pgbouncerExporter,
      command: ["pgbouncer_exporter"],
      args: [
        `--web.listen-address=:${POOLER_PORTS.exporter}`,
        `--pgBouncer.connectionString=postgres://stats@/pgbouncer?host=${RUNTIME_DIRECTORY}&port=${POOLER_PORTS.pgbouncer}&sslmode=disable`,
      ],
      volumeMounts: [runtime],
    },
    POOLER_PORTS.exporter,
    "/",
    { request: "16Mi", limit: "64Mi" },
  );
  return {
    ...podBase(args.account),
    terminationGracePeriodSeconds: leaveSeconds(settings.failover) + 2 * POOLER_DRAIN_SECONDS,
    dnsConfig,
    topologySpreadConstraints: spread(of.labels),
    initContainers: [agent],
    containers: [pgbouncer, exporter],
    volumes: [...commonVolumes([args.config], [args.credentials.name]), TOKEN_VOLUME],
  };
}
