import type { Peer } from "./network";

/** Pods that Prometheus scrapes: one job, found through the Kubernetes API by their labels. */
export interface ScrapeTarget {
  /** Prometheus job name, for example `web-app` or `postgres-pooler`. */
  job: string;
  /** Whose pods. */
  peer: Peer;
  /** Container port that serves the metrics. */
  port: number;
  /** HTTP path. */
  path?: string;
  /** Series to keep, a regular expression over metric names, for exporters that have thousands. @default everything */
  keep?: string;
  /**
   * The target reports about other pods: where it states `namespace` or `pod`, they are meant, not its own.
   * @default false
   */
  honorLabels?: boolean;
  /** Says who is primary and who is missing, so it is asked more often than the others. @default false */
  urgent?: boolean;
}

/** One Prometheus alerting rule, as it stands in a rule file. */
export interface AlertRule {
  /** Name, in CamelCase. */
  alert: string;
  /** PromQL that has a result while something is wrong. */
  expr: string;
  /** How long the expression must hold, for example `1m`. */
  for?: string;
  /** `page`: wake somebody; `ticket`: within days; `none`: for machines, the watchdog. */
  labels: { severity: "page" | "ticket" | "none" } & Record<string, string>;
  /** `runbook_url` is a path in this repository, and a section of that page. */
  annotations: { summary: string; description?: string; runbook_url: string };
}

/** One Prometheus recording rule. */
export interface RecordingRule {
  /** Name of the series it makes. */
  record: string;
  /** PromQL that it is made of. */
  expr: string;
  /** Labels it gets. @default none */
  labels?: Record<string, string>;
}

/** A named group of rules evaluated together. */
export interface RuleGroup {
  /** Unique among all groups. */
  name: string;
  /** Evaluated in this order. */
  rules: (AlertRule | RecordingRule)[];
}

/** What a component hands to `Monitoring`, which only collects. */
export interface Observability {
  /** The component's name, for file names and titles: `web-app`, `postgres`. */
  name: string;
  /** Pods with metrics. */
  scrape: ScrapeTarget[];
  /** Alerts and what they are computed from. */
  rules: RuleGroup[];
  /** Grafana dashboard as plain JSON, built with the foundation SDK. */
  dashboard?: object;
}
