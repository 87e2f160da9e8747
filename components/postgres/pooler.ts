import * as pulumi from "@pulumi/pulumi";
import * as k8s from "@pulumi/kubernetes";
import { transformed, type Transform } from "../common/component";
import { readAtStart, type Live } from "../common/content";
import { IMAGES } from "../common/images";
import { allLabels } from "../common/labels";
import { networkPolicy, type Endpoint, type Peer } from "../common/network";
import { withScratch } from "../common/resources";
import { spread } from "../common/scheduling";
import { containerSecurityContext, podSecurityContext } from "../common/security";
import { POOLER_PORTS, poolerLabels, RUNTIME_DIRECTORY } from "./names";
import {
  agentContainer,
  commonMounts,
  commonVolumes,
  dnsConfig,
  environment,
  sidecar,
  tokenMount,
  tokenVolume,
} from "./pod";
import { pgbouncerIni, poolerHba, type PoolerSettings } from "./pooler-config";
import { leaveSeconds, POOLER_DRAIN_SECONDS } from "./settings";

/** Arguments of {@link PostgresPooler}. */
export interface PostgresPoolerArgs {
  namespace: pulumi.Input<string>;
  image: pulumi.Input<string>;
  /** Name of the database component, whose leader Endpoints the agent watches. */
  cluster: string;
  /** Which members it pools for. */
  target: "primary" | "replicas";
  replicas: number;
  settings: PoolerSettings;
  /** ClusterIP of the primary's Service, in use until the agent knows better. */
  primaryAddress: pulumi.Input<string>;
  /** Secret with the passwords of the roles it lets in; its agent follows them. */
  credentials: Live;
  serviceAccount: pulumi.Input<string>;
  /** The database: the pods it calls and the ports it calls them on; they also call its agent. */
  database: Endpoint;
  clients: Peer[];
  scrapedBy: Peer[];
  transform?: Transform<k8s.types.input.apps.v1.StatefulSet>;
}

/**
 * PgBouncer in transaction mode with an address of its own for every pod: a Service in front of several keeps a dead
 * node's pod for 50 s, so callers hold all addresses and try the next one themselves.
 */
export class PostgresPooler extends pulumi.ComponentResource {
  /** `address:port` of each pod, comma-separated; addresses never change while the Service lives. */
  public readonly hosts: pulumi.Output<string>;
  /** The address of each pod. */
  public readonly addresses: pulumi.Output<string>[];
  /** For callers' NetworkPolicies. */
  public readonly endpoint: Endpoint;

  constructor(name: string, args: PostgresPoolerArgs, opts: pulumi.ComponentResourceOptions) {
    super("holdfast:index:PostgresPooler", name, {}, opts);
    const { namespace, settings } = args;
    const labels = poolerLabels(name);
    const parent = { parent: this };
    const metadata = { namespace, labels: allLabels(labels) };

    const files = { "pgbouncer.ini": pgbouncerIni(settings, args.target), "hba.conf": poolerHba(settings.database) };
    const config = readAtStart(`${name}-config`, { ...metadata, data: files }, parent);

    const service = (serviceName: string, selector: Record<string, string>): k8s.core.v1.Service =>
      new k8s.core.v1.Service(
        serviceName,
        {
          metadata: { ...metadata, name: serviceName, annotations: { "pulumi.com/skipAwait": "true" } },
          spec: { selector, ports: [{ name: "pgbouncer", port: POOLER_PORTS.pgbouncer }] },
        },
        parent,
      );
    const shared = service(name, labels);
    const perPod = Array.from({ length: args.replicas }, (_, ordinal) =>
      service(`${name}-${ordinal}`, { ...labels, "statefulset.kubernetes.io/pod-name": `${name}-${ordinal}` }),
    );

    const spec: k8s.types.input.apps.v1.StatefulSet = {
      metadata: { ...metadata, name },
      spec: {
        serviceName: shared.metadata.name,
        replicas: args.replicas,
        podManagementPolicy: "Parallel",
        // A pod that has just become ready has empty pools and no callers; the next one waits until they are back on
        // it.
        minReadySeconds: 10,
        selector: { matchLabels: labels },
        template: {
          metadata: { labels: allLabels(labels) },
          spec: this.podSpec(labels, args, config),
        },
      },
    };
    new k8s.apps.v1.StatefulSet(name, transformed(args.transform, spec), {
      ...parent,
      dependsOn: [args.credentials.made],
    });

    new k8s.policy.v1.PodDisruptionBudget(
      name,
      {
        metadata: { ...metadata, name },
        spec: { maxUnavailable: 1, selector: { matchLabels: labels }, unhealthyPodEvictionPolicy: "AlwaysAllow" },
      },
      parent,
    );

    const metricsPorts = [POOLER_PORTS.exporter, POOLER_PORTS.agent];
    new k8s.networking.v1.NetworkPolicy(
      name,
      networkPolicy({ ...metadata, name }, labels, {
        ingress: [
          ...args.clients.map((from) => ({ from, ports: [POOLER_PORTS.pgbouncer] })),
          { from: args.database, ports: [POOLER_PORTS.agent] },
          ...args.scrapedBy.map((from) => ({ from, ports: metricsPorts })),
        ],
        egress: [args.database],
        apiServer: true,
      }),
      parent,
    );

    this.endpoint = { namespace, labels, ports: [POOLER_PORTS.pgbouncer] };
    this.addresses = perPod.map((each) => each.spec.clusterIP);
    this.hosts = pulumi
      .all(this.addresses)
      .apply((addresses) => addresses.map((address) => `${address}:${POOLER_PORTS.pgbouncer}`).join(","));
    this.registerOutputs({ hosts: this.hosts });
  }

  private podSpec(
    labels: Record<string, string>,
    args: PostgresPoolerArgs,
    config: pulumi.Input<string>,
  ): k8s.types.input.core.v1.PodSpec {
    const { settings } = args;
    const runtime = { name: "runtime", mountPath: RUNTIME_DIRECTORY };
    const env = [
      ...environment(),
      { name: "CLUSTER_NAME", value: args.cluster },
      { name: "DATABASE", value: settings.database },
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
        volumeMounts: [...commonMounts, tokenMount],
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
      serviceAccountName: args.serviceAccount,
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      securityContext: podSecurityContext(),
      terminationGracePeriodSeconds: leaveSeconds(settings.failover) + 2 * POOLER_DRAIN_SECONDS,
      dnsConfig,
      topologySpreadConstraints: spread(labels),
      initContainers: [agent],
      containers: [pgbouncer, exporter],
      volumes: [...commonVolumes([config], [args.credentials.name]), tokenVolume],
    };
  }
}
