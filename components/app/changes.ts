import { edges, each, everyComponents, limits, type Change } from "../common/changes";

/** Every argument changed once, with what has to go for that; inside of a part its own component's changes count. */
export const APP_CHANGES: Change[] = [
  ...everyComponents("AppArgs"),
  ...each("AppArgs", {
    image: "registry.example/app:2",
    pullSecrets: ["registry"],
    env: { ANOTHER: "1" },
    secrets: { ANOTHER_KEY: "1", ANOTHER_FILE: { file: "/run/secrets/another/key", value: "1" } },
    postgres: { image: "registry.example/postgres:1", as: "libpq" },
    redis: { as: { CACHE_URL: "url" } },
    queue: { as: { BROKER_URL: "url" } },
    release: ["migrate"],
    web: { port: 8080 },
    workers: { mail: { command: ["mail"] } },
    jobs: { report: { command: ["report"], schedule: "15 3 * * *" } },
    hosts: ["another.example"],
    resources: limits,
    load: { rate: 20, peakRate: 60, serviceTimeMs: 20, cpuTimeMs: 9 },
    slo: { percentile: 95, latencyMs: 300 },
    monitoring: { scrapeIntervalSeconds: 30 },
  }),
  {
    of: "AppArgs",
    argument: "services",
    to: { api: { port: 8080, paths: ["/api"] } },
    beside: { hosts: ["another.example"] },
  },
  {
    of: "AppArgs",
    argument: "routes",
    to: [{ path: "/another", backend: { endpoint: edges[0], service: "another" } }],
    beside: { hosts: ["another.example"] },
  },
  { of: "AppArgs", argument: "balancer", to: { algorithm: "roundrobin" }, beside: { hosts: ["another.example"] } },
];
