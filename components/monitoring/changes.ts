import { each, everyComponents, marked, MOVED, peers, VOLUMES, type Change } from "../common/changes";

/** Every argument changed once, with what has to go for that. */
export const MONITORING_CHANGES: Change[] = [
  ...everyComponents("MonitoringArgs"),
  ...each("MonitoringArgs", {
    observe: [],
    slos: [{ name: "service", objective: 0.99, total: "all_total", bad: "bad_total" }],
    watched: ["service", "other"],
    prometheusReplicas: 2,
    alertmanagerReplicas: 3,
    scrapeIntervalSeconds: 30,
    webhook: "https://hooks.example.com/2",
    clients: peers,
    transform: { prometheus: marked, alertmanager: marked, nodeExporter: marked, kubeStateMetrics: marked },
  }),
  {
    of: "MonitoringArgs",
    argument: "receiver",
    to: { namespace: "other", labels: { app: "relay" }, ports: [8080] },
    beside: { webhook: "http://relay.other:8080/" },
  },
  {
    of: "MonitoringArgs",
    argument: "storage",
    to: { size: "20Gi" },
    takes: ["StatefulSet"],
    because: `${VOLUMES}: the series go`,
  },
  {
    of: "MonitoringArgs",
    argument: "nodeNamespace",
    to: "somewhere-node",
    takes: ["DaemonSet", "Namespace"],
    because: `${MOVED}: the namespace is node-exporter's own, and holds no data`,
  },
];
