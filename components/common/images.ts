/**
 * Every image that comes from somebody else, by the name its project publishes it under.
 * Manifests set command, user and paths themselves, so nothing but the programs inside is relied on.
 */
export const IMAGES = {
  haproxy: "haproxy:3.0.11",
  valkey: "valkey/valkey:9.1.2",
  prometheus: "prom/prometheus:v2.53.3",
  alertmanager: "prom/alertmanager:v0.28.1",
  nodeExporter: "quay.io/prometheus/node-exporter:v1.9.0",
  kubeStateMetrics: "registry.k8s.io/kube-state-metrics/kube-state-metrics:v2.15.0",
  postgresExporter: "quay.io/prometheuscommunity/postgres-exporter:v0.17.1",
  pgbouncerExporter: "prometheuscommunity/pgbouncer-exporter:v0.10.2",
  python: "python:3.13.9-slim",
  redisExporter: "oliver006/redis_exporter:v1.69.0",
} as const;
