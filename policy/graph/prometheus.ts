import type { Graph } from "./graph";
import { perGraph } from "./memo";
import type { KubeObject } from "./object";
import { isRecord, recognised, structured } from "./programs";
import { configEntries } from "./references";

/** What rules read of Prometheus' configuration. */
export interface PrometheusConfig {
  /** The usual time between two scrapes, as it is written. */
  scrapeInterval?: string;
  jobs: { name?: string; scrapeInterval?: string; keeps: string[] }[];
}

/** A Prometheus rule as it stands in a rule file. */
export interface PrometheusRule {
  alert?: string;
  record?: string;
  expr?: string;
  annotations: Record<string, unknown>;
  /** All of it, as JSON. */
  text: string;
}

// Files are people's: any part of one may be empty, or of another type than Prometheus takes.
const text = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);
const record = (value: unknown): Record<string, unknown> => (isRecord(value) ? value : {});
const records = (value: unknown): Record<string, unknown>[] => (Array.isArray(value) ? value.filter(isRecord) : []);

/** Prometheus' own configurations of a workload. */
export const prometheusConfigsOf = recognised((file): PrometheusConfig | undefined => {
  const content = structured(file, ["scrape_configs"]);
  if (!Array.isArray(content?.scrape_configs)) return undefined;
  return {
    scrapeInterval: text(record(content.global).scrape_interval),
    jobs: records(content.scrape_configs).map((job) => ({
      name: text(job.job_name),
      scrapeInterval: text(job.scrape_interval),
      keeps: records(job.relabel_configs).flatMap(({ regex }) => text(regex) ?? []),
    })),
  };
});

/** A rule, and the file of a ConfigMap it stands in. */
export interface FoundRule {
  configMap: KubeObject;
  key: string;
  rule: PrometheusRule;
}

/** Every rule of every Prometheus rule file. */
export const prometheusRules = perGraph((graph: Graph): FoundRule[] =>
  configEntries(graph.ofKind("ConfigMap")).flatMap((file) => {
    const content = structured(file, ["groups"]);
    return records(content?.groups)
      .flatMap(({ rules }) => records(rules))
      .map((rule) => ({
        configMap: file.configMap,
        key: file.key,
        rule: {
          alert: text(rule.alert),
          record: text(rule.record),
          expr: text(rule.expr),
          annotations: record(rule.annotations),
          text: JSON.stringify(rule),
        },
      }));
  }),
);
