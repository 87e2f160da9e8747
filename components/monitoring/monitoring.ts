import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { stringify } from "yaml";
import { allLabels, selectorLabels } from "../common/labels";
import { networkPolicy, type Edges, type Endpoint, type Peer } from "../common/network";
import type { Observability } from "../common/observability";
import { owned } from "../common/ownership";
import { createAlertmanager } from "./alertmanager";
import { receiverEdges } from "./alertmanager-config";
import { NAMES, nodeNamespace, PORTS, type MonitoringArgs } from "./args";
import { expressions, fitted } from "./collect";
import { kubeMetrics, reportedKinds } from "./kube-metrics";
import { createKubeStateMetrics, readRules } from "./kube-state-metrics";
import { createNodeExporter } from "./node-exporter";
import { ownObservability, type OwnPeers } from "./own";
import { createPrometheus } from "./prometheus";
import { prometheusConfig, type KnownTarget } from "./prometheus-config";
import { createRights } from "./rights";
import { DEFAULTS } from "./settings";

/** Labels of Prometheus' pods, for the policies of what it scrapes. */
export const PROMETHEUS_LABELS = selectorLabels(NAMES.prometheus, "monitoring");

/**
 * Prometheus, Alertmanager, node-exporter and kube-state-metrics, without an operator. It decides nothing about other
 * components: their scrape targets, rules and dashboards come from them, and rights and policies follow from those.
 */
export class Monitoring extends pulumi.ComponentResource {
  /** Prometheus' pods, for callers' network policies. */
  readonly endpoint: Endpoint;
  /** Alertmanager's pods, for callers' network policies. */
  readonly alertmanagerEndpoint: Endpoint;
  /** Where Prometheus answers inside the cluster. */
  readonly prometheusUrl: pulumi.Output<string>;
  /** Where Alertmanager answers inside the cluster. */
  readonly alertmanagerUrl: pulumi.Output<string>;
  /** All that is collected, the component's own included, as it is applied. */
  readonly observed: Observability[];

  constructor(name: string, args: MonitoringArgs, opts?: pulumi.ComponentResourceOptions) {
    super("holdfast:index:Monitoring", name, {}, owned(opts));
    const child = { parent: this };
    const { namespace } = args;
    const byDefault = DEFAULTS.MonitoringArgs;
    const interval = args.scrapeIntervalSeconds ?? byDefault.scrapeIntervalSeconds;
    const alertmanagers = args.alertmanagerReplicas ?? byDefault.alertmanagerReplicas;
    const nodeSpace = new k8s.core.v1.Namespace(
      "node-namespace",
      {
        metadata: {
          name: args.nodeNamespace ?? pulumi.output(namespace).apply(nodeNamespace),
          labels: {
            ...allLabels(selectorLabels(NAMES.nodeExporter, "monitoring")),
            "pod-security.kubernetes.io/enforce": "privileged",
          },
        },
        // Its URN once ended in the namespace's name: one that keeps that name must not be made, and then deleted as
        // the old one.
      },
      { ...child, aliases: [{ name: args.nodeNamespace ?? "holdfast-node" }] },
    );
    const peers: OwnPeers = {
      prometheus: { namespace, labels: PROMETHEUS_LABELS },
      alertmanager: { namespace, labels: selectorLabels(NAMES.alertmanager, "monitoring") },
      kubeStateMetrics: { namespace, labels: selectorLabels(NAMES.kubeStateMetrics, "monitoring") },
      nodeExporter: { namespace: nodeSpace.metadata.name, labels: selectorLabels(NAMES.nodeExporter, "monitoring") },
    };
    const own = ownObservability(peers, { observed: args.observe, slos: args.slos ?? [], alertmanagers });
    this.observed = [...args.observe, ...own].map((one) => fitted(one, interval));
    const watched = args.watched ?? [namespace];
    const metrics = kubeMetrics(expressions(this.observed));

    this.createAccounts(peers, [...watched, peers.nodeExporter.namespace], watched, metrics);
    this.createPolicies(peers, args);
    this.createDashboards(namespace);
    createPrometheus(
      {
        namespace,
        selector: peers.prometheus.labels,
        replicas: args.prometheusReplicas ?? byDefault.prometheusReplicas,
        storage: { size: args.storage?.size ?? byDefault.storage.size, className: args.storage?.className },
        config: this.configuration([...watched, peers.nodeExporter.namespace], peers.alertmanager, interval),
        rules: Object.fromEntries(this.observed.map((one) => [`${one.name}.yml`, ruleFile(one)])),
        transform: args.transform?.prometheus,
      },
      child,
    );
    createAlertmanager(
      {
        namespace,
        selector: peers.alertmanager.labels,
        replicas: alertmanagers,
        storageClassName: args.storage?.className,
        webhook: args.webhook,
        transform: args.transform?.alertmanager,
      },
      child,
    );
    createNodeExporter(
      { ...peers.nodeExporter, selector: peers.nodeExporter.labels, transform: args.transform?.nodeExporter },
      child,
    );
    createKubeStateMetrics(
      {
        ...peers.kubeStateMetrics,
        selector: peers.kubeStateMetrics.labels,
        watched,
        metrics,
        transform: args.transform?.kubeStateMetrics,
      },
      child,
    );

    this.endpoint = { ...peers.prometheus, ports: [PORTS.prometheus] };
    this.alertmanagerEndpoint = { ...peers.alertmanager, ports: [PORTS.alertmanager] };
    this.prometheusUrl = pulumi.interpolate`http://${NAMES.prometheus}.${namespace}:${PORTS.prometheus}`;
    this.alertmanagerUrl = pulumi.interpolate`http://${NAMES.alertmanager}.${namespace}:${PORTS.alertmanager}`;
    this.registerOutputs({ prometheusUrl: this.prometheusUrl, alertmanagerUrl: this.alertmanagerUrl });
  }

  /** `prometheus.yml`, once the namespaces' names are known. */
  private configuration(
    namespaces: pulumi.Input<string>[],
    alertmanager: Peer,
    intervalSeconds: number,
  ): pulumi.Output<string> {
    const targets = this.observed.flatMap(({ scrape }) => scrape);
    return pulumi.output({ targets, namespaces, alertmanager }).apply((known) =>
      prometheusConfig({
        targets: known.targets as KnownTarget[],
        namespaces: [...new Set(known.namespaces)],
        alertmanager: known.alertmanager as KnownTarget["peer"],
        intervalSeconds,
      }),
    );
  }

  private createAccounts(
    peers: OwnPeers,
    scraped: pulumi.Input<string>[],
    reported: pulumi.Input<string>[],
    metrics: string[],
  ): void {
    const child = { parent: this };
    const kinds = reportedKinds(metrics);
    createRights(
      NAMES.prometheus,
      {
        ...peers.prometheus,
        selector: peers.prometheus.labels,
        within: {
          namespaces: scraped,
          rules: [{ apiGroups: [""], resources: ["pods"], verbs: ["get", "list", "watch"] }],
        },
        // Metrics only: `nodes/proxy` would also let it run commands in every pod.
        clusterWide: [
          { apiGroups: [""], resources: ["nodes"], verbs: ["get", "list", "watch"] },
          { apiGroups: [""], resources: ["nodes/metrics"], verbs: ["get"] },
        ],
      },
      child,
    );
    createRights(
      NAMES.kubeStateMetrics,
      {
        ...peers.kubeStateMetrics,
        selector: peers.kubeStateMetrics.labels,
        within: { namespaces: reported, rules: readRules(kinds.filter(({ clusterScoped }) => !clusterScoped)) },
        clusterWide: readRules(kinds.filter(({ clusterScoped }) => clusterScoped)),
      },
      child,
    );
    for (const workload of ["alertmanager", "nodeExporter"] as const) {
      createRights(
        NAMES[workload],
        {
          ...peers[workload],
          selector: peers[workload].labels,
          within: { namespaces: [], rules: [] },
          clusterWide: [],
        },
        child,
      );
    }
  }

  /** Who reaches whom, and how many of each may be evicted at a time. */
  private createPolicies(peers: OwnPeers, args: MonitoringArgs): void {
    const clients = args.clients ?? [];
    const receiver = receiverEdges(args.webhook, args.receiver);
    const allow = (workload: keyof OwnPeers, edges: Edges) => {
      const { namespace, labels } = peers[workload];
      new k8s.networking.v1.NetworkPolicy(
        NAMES[workload],
        networkPolicy({ name: NAMES[workload], namespace, labels: allLabels(labels) }, labels, edges),
        { parent: this },
      );
    };
    const from = (callers: Peer[], ports: number[]) => callers.map((caller) => ({ from: caller, ports }));
    const gossip = { ports: [PORTS.gossip], udp: [PORTS.gossip] };
    allow("prometheus", {
      ingress: from([...clients, peers.prometheus], [PORTS.prometheus]),
      egress: [
        ...this.observed.flatMap(({ scrape }) => scrape.map(({ peer, port }) => ({ ...peer, ports: [port] }))),
        { ...peers.alertmanager, ports: [PORTS.alertmanager] },
      ],
      dns: false,
      apiServer: true,
      nodes: [PORTS.kubelet],
      outside: args.outside,
    });
    allow("alertmanager", {
      ingress: [...from([...clients, peers.prometheus], [PORTS.alertmanager]), { from: peers.alertmanager, ...gossip }],
      egress: [{ ...peers.alertmanager, ...gossip }, ...receiver.egress],
      outside: receiver.outside,
    });
    allow("nodeExporter", { ingress: from([peers.prometheus], [PORTS.nodeExporter]), dns: false });
    allow("kubeStateMetrics", {
      ingress: from([peers.prometheus], [PORTS.kubeStateMetrics]),
      dns: false,
      apiServer: true,
    });
    for (const workload of ["prometheus", "alertmanager", "kubeStateMetrics"] as const) {
      const { namespace, labels } = peers[workload];
      new k8s.policy.v1.PodDisruptionBudget(
        NAMES[workload],
        {
          metadata: { name: NAMES[workload], namespace, labels: allLabels(labels) },
          spec: { maxUnavailable: 1, selector: { matchLabels: labels }, unhealthyPodEvictionPolicy: "AlwaysAllow" },
        },
        { parent: this },
      );
    }
  }

  /** A ConfigMap per dashboard, by the label that Grafana's sidecar looks for. */
  private createDashboards(namespace: pulumi.Input<string>): void {
    for (const { name, dashboard } of this.observed) {
      if (dashboard === undefined) continue;
      new k8s.core.v1.ConfigMap(
        `dashboard-${name}`,
        {
          metadata: {
            name: `dashboard-${name}`,
            namespace,
            labels: { ...allLabels(selectorLabels(`dashboard-${name}`, "monitoring")), grafana_dashboard: "1" },
          },
          data: { [`${name}.json`]: JSON.stringify(dashboard) },
        },
        { parent: this },
      );
    }
  }
}

/** A component's rules as Prometheus reads them. */
function ruleFile(observed: Observability): string {
  return stringify({ groups: observed.rules }, { aliasDuplicateObjects: false, lineWidth: 0 });
}
