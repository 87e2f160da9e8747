import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { ComponentArgs, Transform } from "../common/component";
import type { Endpoint, Peer } from "../common/network";
import type { OutsideEdge } from "../common/outside";
import type { Observability } from "../common/observability";

/** A service level objective over counted requests. */
export interface Slo {
  /** Short name, for example `shop-availability`: letters, digits and hyphens. */
  name: string;
  /** Share of good requests that is promised, for example 0.999. */
  objective: number;
  /** Days over which it is promised. */
  periodDays?: number;
  /** Selector of the counter of all requests. */
  total: string;
  /** Selector of the counter of bad ones. */
  bad: string;
}

/** Arguments of {@link Monitoring}. */
export interface MonitoringArgs extends ComponentArgs {
  /** What the other components want collected, alerted on and shown. */
  observe: Observability[];
  /** Service level objectives to watch by how fast they burn their error budget. */
  slos?: Slo[];
  /** Namespaces whose pods are scraped and watched, besides node-exporter's. @default the component's own */
  watched?: pulumi.Input<string>[];
  /** Prometheus pods; each scrapes everything. */
  prometheusReplicas?: number;
  /** Volume of each Prometheus. @default of the cluster's default class */
  storage?: { size?: string; className?: pulumi.Input<string> };
  /** Alertmanager pods; they gossip, so that each alert is told once. */
  alertmanagerReplicas?: number;
  /** Seconds between two scrapes. Rules, and who is missing in a data tier, are looked at every 15 s at least. */
  scrapeIntervalSeconds?: number;
  /**
   * URL that Alertmanager posts alerts to; a secret, because such URLs carry their key. In plain text here, because its
   * port has to be known for the network policy; it reaches resources as a secret only.
   * @default none: alerts are kept in Alertmanager
   */
  webhook?: string;
  /**
   * Where that URL leads, unless to a public address: the pods of a receiver in this cluster, or the range of addresses
   * that a name of your own network stands for.
   * @default the URL's host and port, which stand in clear in the network policy
   */
  receiver?: Endpoint | OutsideEdge;
  /** Who may query Prometheus and Alertmanager. @default nobody; `kubectl port-forward` works always */
  clients?: Peer[];
  /**
   * Namespace of node-exporter, which reads its host and so cannot be restricted; made here.
   * @default the component's own, with `-node` after it
   */
  nodeNamespace?: string;
  /** Last changes to the arguments of a child. */
  transform?: {
    prometheus?: Transform<k8s.apps.v1.StatefulSetArgs>;
    alertmanager?: Transform<k8s.apps.v1.StatefulSetArgs>;
    nodeExporter?: Transform<k8s.apps.v1.DaemonSetArgs>;
    kubeStateMetrics?: Transform<k8s.apps.v1.DeploymentArgs>;
  };
}
