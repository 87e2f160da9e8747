import {
  edges,
  each,
  everyComponents,
  everyPrograms,
  limits,
  marked,
  outside,
  peers,
  type Change,
} from "../common/changes";

/** Every argument changed once, with what has to go for that. */
export const WEB_SERVICE_CHANGES: Change[] = [
  ...everyComponents("WebServiceArgs"),
  ...everyPrograms("WebServiceArgs"),
  ...each("WebServiceArgs", {
    port: 8080,
    protocol: "grpc",
    load: { rate: 80, peakRate: 300, serviceTimeMs: 20, cpuTimeMs: 9 },
    slo: { percentile: 95, latencyMs: 300 },
    topology: { zones: 3 },
    replicas: { min: 4, max: 8, targetCpuPercent: 50 },
    resources: limits,
    livePath: "/live",
    readyPath: "/ready",
    probeHeaders: { Host: "app.example" },
    metrics: false,
    metricsPort: 9100,
    metricsPath: "/stats",
    panels: [{ title: "Queue", unit: "short", queries: [["queue_length", "{{pod}}"]] }],
    drainSeconds: 40,
    clients: peers,
    scrapedBy: peers,
    transform: { deployment: marked, autoscaler: marked, service: marked },
  }),
  { of: "WebServiceArgs", argument: "migration", to: { command: ["migrate"], uses: edges } },
  ...Object.entries({
    command: ["migrate", "2"],
    reads: ["SETTING"],
    env: { A: "1" },
    secretEnv: { OWNER: { secretName: "owner", key: "password" } },
    uses: [],
    outside,
    secretMounts: [{ name: "owner", secretName: "owner", mountPath: "/run/secrets/owner" }],
  }).map(
    ([name, to]): Change => ({
      of: "Migration",
      argument: `migration.${name}`,
      to,
      beside: { config: { SETTING: "1" }, "migration.command": ["migrate"], "migration.uses": edges },
    }),
  ),
];
