import type { ScrapeTarget } from "../common/observability";
import type { MonitoringArgs, Slo } from "./args";

/** What an argument is where the caller says nothing, by interface; the reference is rendered from it. */
export const DEFAULTS = {
  MonitoringArgs: {
    prometheusReplicas: 1,
    storage: { size: "10Gi" },
    alertmanagerReplicas: 1,
    scrapeIntervalSeconds: 60,
  },
  Slo: { periodDays: 30 },
  ScrapeTarget: { path: "/metrics" },
} as const satisfies {
  MonitoringArgs: Partial<MonitoringArgs>;
  Slo: Partial<Slo>;
  ScrapeTarget: Partial<ScrapeTarget>;
};

/**
 * Seconds between two scrapes of what is urgent, and between two looks at the rules: a lost member shows within twice
 * that.
 */
export const URGENT_SECONDS = 15;

/**
 * Prometheus' memory limit, in MiB; the Go runtime is told to stay a tenth below and collects harder before it is
 * killed.
 */
export const PROMETHEUS_MEMORY_MIB = 512;

/**
 * Series that the default stack stays well below; more means that a label takes values it should not (see runbook.md).
 */
export const SERIES_BOUND = 15_000;

/** Share of CPU, memory or disk time above which the article calls for an alert, after a minute of it. */
export const HIGH_USAGE = 0.9;

/** Free share of a machine's disk below which somebody is told: the kubelet begins to evict pods at a tenth. */
export const DISK_FREE_SHARE = 0.1;

/** Restarts of a container in a quarter of an hour that are worth no word: one crash, and one more as it starts anew. */
export const RESTARTS = 2;

/**
 * Days before its end that a certificate is reported: a kubelet renews its own with a fifth or more of its life left.
 */
export const CERTIFICATE_DAYS = 14;
