import * as pulumi from "@pulumi/pulumi";
import { readAtStart } from "../common/content";
import { allLabels } from "../common/labels";
import type { Endpoint } from "../common/network";
import type { Observability } from "../common/observability";
import { owned } from "../common/ownership";
import { createBudget, createPolicy, type Workload } from "../common/workload";
import { createAccounts, createNodeNamespace, monitoringEdges } from "./access";
import { alertmanagerConfig } from "./alertmanager-config";
import type { MonitoringArgs } from "./args";
import { expressions, fitted, ruleFiles } from "./collect";
import { monitoringSettings } from "./completed";
import { createDashboards } from "./dashboard";
import { kubeMetrics } from "./kube-metrics";
import { NAMES, PORTS, workloadsOf } from "./names";
import { ownObservability } from "./observability";
import { createAlertmanager } from "./pods/alertmanager";
import { createKubeStateMetrics } from "./pods/kube-state-metrics";
import { createNodeExporter } from "./pods/node-exporter";
import { createPrometheus } from "./pods/prometheus";
import { prometheusFile } from "./prometheus-config";
import { createWebhook } from "./secrets";
import { createAlertmanagerServices, createPrometheusServices } from "./services";

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
    const { namespace, observe, slos = [], webhook } = args;
    const settings = monitoringSettings(args);
    const { watched, scrapeIntervalSeconds: interval, alertmanagerReplicas: alertmanagers } = settings;
    const of = workloadsOf(namespace, createNodeNamespace(args, this));
    const own = ownObservability(of, { observed: observe, slos, alertmanagers });
    this.observed = [...observe, ...own].map((one) => fitted(one, interval));
    const metrics = kubeMetrics(expressions(this.observed));

    createAccounts(of, watched, metrics, this);
    const edges = monitoringEdges(of, args, this.observed);
    for (const kind of ["prometheus", "alertmanager", "nodeExporter", "kubeStateMetrics"] as const)
      createPolicy(of[kind], edges[kind], this);
    for (const workload of [of.prometheus, of.alertmanager, of.kubeStateMetrics]) createBudget(workload, this);
    createDashboards(this.observed, namespace, this);

    const files = ({ name, labels }: Workload, kind: string, data: Record<string, pulumi.Input<string>>) =>
      readAtStart(`${name}-${kind}`, { namespace, labels: allLabels(labels), data }, { parent: this });
    const scraped = [...watched, of.nodeExporter.namespace];
    const prometheusYml = prometheusFile(this.observed, scraped, of.alertmanager, interval);
    createPrometheus(
      of.prometheus,
      settings,
      {
        config: files(of.prometheus, "config", { "prometheus.yml": prometheusYml }),
        rules: files(of.prometheus, "rules", ruleFiles(this.observed)),
        service: createPrometheusServices(of.prometheus, this),
      },
      this,
    );
    const alertmanagerYml = alertmanagerConfig(webhook !== undefined);
    createAlertmanager(
      of.alertmanager,
      settings,
      {
        config: files(of.alertmanager, "config", { "alertmanager.yml": alertmanagerYml }),
        webhook: webhook === undefined ? undefined : createWebhook(of.alertmanager, webhook, this),
        service: createAlertmanagerServices(of.alertmanager, this),
      },
      this,
    );
    createNodeExporter(of.nodeExporter, settings, this);
    createKubeStateMetrics(of.kubeStateMetrics, settings, metrics, this);

    this.endpoint = { namespace, labels: of.prometheus.labels, ports: [PORTS.prometheus] };
    this.alertmanagerEndpoint = { namespace, labels: of.alertmanager.labels, ports: [PORTS.alertmanager] };
    this.prometheusUrl = pulumi.interpolate`http://${NAMES.prometheus}.${namespace}:${PORTS.prometheus}`;
    this.alertmanagerUrl = pulumi.interpolate`http://${NAMES.alertmanager}.${namespace}:${PORTS.alertmanager}`;
    this.registerOutputs({ prometheusUrl: this.prometheusUrl, alertmanagerUrl: this.alertmanagerUrl });
  }
}
