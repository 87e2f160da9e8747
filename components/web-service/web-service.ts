import * as pulumi from "@pulumi/pulumi";
import * as k8s from "@pulumi/kubernetes";
import { LEAST_SERVERS, type Backend } from "../common/backend";
import { transformed } from "../common/component";
import { readAtStart } from "../common/content";
import { allLabels, selectorLabels } from "../common/labels";
import { networkPolicy, type Endpoint } from "../common/network";
import type { Observability } from "../common/observability";
import { owned } from "../common/ownership";
import { probeHeaders } from "../common/probe-headers";
import { webAlerts } from "./alerts";
import type { WebServiceArgs } from "./args";
import { webDashboard } from "./dashboard";
import { migrationJobSpec, migrationSettings } from "./migration";
import { servingPodSpec } from "./pods";
import { rolloutTimeouts, WAIT_FOR_ROLLOUT } from "./rolled-out";
import { autoscalerSpec } from "./scaling";
import { DEFAULTS, PROGRESS_SECONDS } from "./settings";
import { webSize } from "./sizing";

/** Labels of a web service's pods, known before it exists, so that others can name it as their client. */
export function webServiceLabels(name: string) {
  return selectorLabels(name, "web");
}

/**
 * Labels of the pods that run its migration: not the service's own, or they would count for Service, PDB and
 * autoscaler.
 */
export function migrationLabels(name: string) {
  return selectorLabels(`${name}-migrate`, "migration");
}

/**
 * A replicated HTTP service: Deployment with rolling updates that lose no request, autoscaler, disruption budget,
 * Services for callers and for balancers, configuration and network policy.
 */
export class WebService extends pulumi.ComponentResource {
  /** Whom to allow when something else calls it. */
  readonly endpoint: Endpoint;
  /** What Prometheus should scrape, alert on and show. */
  readonly observability: Observability;
  /** Address for callers inside the cluster, `name.namespace:port`. */
  readonly address: pulumi.Output<string>;
  /** Name of the headless Service whose SRV records list the ready pods. */
  readonly discoveryService: pulumi.Output<string>;
  /** What a `LoadBalancer` in front of it has to know: where its pods are listed, and how they are checked. */
  readonly backend: Backend;

  constructor(name: string, args: WebServiceArgs, opts?: pulumi.ComponentResourceOptions) {
    super("holdfast:index:WebService", name, {}, owned(opts));
    const { namespace } = args;
    const byDefault = DEFAULTS.WebServiceArgs;
    const port = args.port ?? byDefault.port;
    const metricsPort = args.metricsPort ?? port;
    const labels = webServiceLabels(name);
    const metadata = (child: string) => ({ name: child, namespace, labels: allLabels(labels) });
    const own = { parent: this };
    const { scaling, resources, annotations } = webSize(args);
    const most = typeof scaling === "number" ? scaling : scaling.max;
    const metrics = args.metrics ?? byDefault.metrics;

    this.endpoint = { namespace, labels, ports: [port] };
    this.observability = {
      name,
      scrape: metrics
        ? [
            {
              job: name,
              peer: { namespace, labels },
              port: metricsPort,
              path: args.metricsPath ?? byDefault.metricsPath,
            },
          ]
        : [],
      rules: [webAlerts(name)],
      dashboard: webDashboard(name, metrics, args.panels),
    };

    const serviceAccount = new k8s.core.v1.ServiceAccount(
      name,
      { metadata: metadata(name), automountServiceAccountToken: false },
      own,
    );
    const settings = (child: string, data: NonNullable<WebServiceArgs["config"]>) =>
      readAtStart(child, { namespace, labels: allLabels(labels), data }, own);
    const configMap = settings(`${name}-config`, args.config ?? {});
    const names = { serviceAccount: serviceAccount.metadata.name, configMap };

    const policy = new k8s.networking.v1.NetworkPolicy(
      name,
      networkPolicy(metadata(name), labels, {
        ingress: [
          ...(args.clients ?? []).map((from) => ({ from, ports: [port] })),
          ...(metrics ? (args.scrapedBy ?? []) : []).map((from) => ({ from, ports: [metricsPort] })),
        ],
        egress: args.uses,
        outside: args.outside,
      }),
      own,
    );

    const read = migrationSettings(name, args);
    const migration = this.migrate(
      name,
      args,
      read ? { ...names, configMap: settings(`${name}-migrate-config`, read) } : names,
    );

    const deployment = new k8s.apps.v1.Deployment(
      name,
      transformed(args.transform?.deployment, {
        metadata: { ...metadata(name), annotations: WAIT_FOR_ROLLOUT },
        spec: {
          // Left out where an autoscaler owns the count: stating it would reset the service at every update.
          ...(typeof scaling === "number" && { replicas: scaling }),
          selector: { matchLabels: labels },
          strategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
          minReadySeconds: 5,
          progressDeadlineSeconds: PROGRESS_SECONDS,
          revisionHistoryLimit: 3,
          template: {
            metadata: { labels: allLabels(labels) },
            spec: servingPodSpec(name, labels, { ...args, resources }, names),
          },
        },
      }),
      { ...own, dependsOn: [policy, ...migration], customTimeouts: rolloutTimeouts(most) },
    );

    if (typeof scaling !== "number") {
      new k8s.autoscaling.v2.HorizontalPodAutoscaler(
        name,
        transformed(args.transform?.autoscaler, {
          metadata: { ...metadata(name), annotations },
          spec: autoscalerSpec(name, scaling),
        }),
        { ...own, dependsOn: [deployment] },
      );
    }

    new k8s.policy.v1.PodDisruptionBudget(
      name,
      {
        metadata: metadata(name),
        // A pod that isn't ready serves nobody: evicting it must not wait for room (kubernetes/kubernetes#72320).
        spec: { selector: { matchLabels: labels }, maxUnavailable: 1, unhealthyPodEvictionPolicy: "AlwaysAllow" },
      },
      own,
    );

    const servicePort = {
      name: "http",
      port,
      targetPort: "http",
      protocol: "TCP",
      ...(args.protocol === "grpc" && { appProtocol: "kubernetes.io/h2c" }),
    };
    const service = new k8s.core.v1.Service(
      name,
      transformed(args.transform?.service, {
        metadata: metadata(name),
        spec: { type: "ClusterIP", selector: labels, ports: [servicePort] },
      }),
      own,
    );
    const listing = (child: string, everyPod: boolean) =>
      new k8s.core.v1.Service(
        child,
        {
          metadata: metadata(child),
          spec: {
            clusterIP: "None",
            selector: labels,
            ports: [servicePort],
            ...(everyPod && { publishNotReadyAddresses: true }),
          },
        },
        own,
      );
    const discovery = listing(`${name}-headless`, false);
    // For a balancer that would have nobody else: pods that fail their probe may answer all the same.
    const every = listing(`${name}-every`, true);

    this.address = pulumi.interpolate`${service.metadata.name}.${namespace}:${port}`;
    this.discoveryService = discovery.metadata.name;
    this.backend = {
      endpoint: this.endpoint,
      service: this.discoveryService,
      reserve: every.metadata.name,
      protocol: args.protocol ?? byDefault.protocol,
      checkPath: args.readyPath ?? byDefault.readyPath,
      checkHeaders: probeHeaders(name, args.probeHeaders),
      // A rollout of all pods at once, and those that are on their way out.
      maxServers: Math.max(LEAST_SERVERS, 2 * most),
    };
    this.registerOutputs({ address: this.address, discoveryService: this.discoveryService });
  }

  private migrate(
    name: string,
    args: WebServiceArgs,
    names: { serviceAccount: pulumi.Input<string>; configMap: pulumi.Input<string> },
  ): pulumi.Resource[] {
    if (!args.migration) return [];
    const labels = migrationLabels(name);
    const metadata = { name: `${name}-migrate`, namespace: args.namespace, labels: allLabels(labels) };
    const { uses: egress, outside } = args.migration;
    const policy = new k8s.networking.v1.NetworkPolicy(
      `${name}-migrate`,
      networkPolicy(metadata, labels, { egress, outside }),
      { parent: this },
    );
    const job = new k8s.batch.v1.Job(
      `${name}-migrate`,
      {
        metadata,
        spec: migrationJobSpec(args, args.migration, labels, names),
      },
      { parent: this, dependsOn: [policy] },
    );
    return [policy, job];
  }
}
