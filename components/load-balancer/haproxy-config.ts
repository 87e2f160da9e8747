import { readdirSync } from "node:fs";
import { join } from "node:path";
import { storedText } from "../common/stored";
import { backends } from "./haproxy-backends";
import { clientsFrontend } from "./haproxy-clients";
import type { HaproxySettings } from "./completed";
import { CERTIFIED, secureGlobals } from "./haproxy-tls";
import { METRICS_PORT } from "./names";
import {
  DRAIN_SECONDS,
  FAILING_SHARE,
  FAILING_TIMES,
  FIRST_OUT_SECONDS,
  FULL_WEIGHT,
  MAX_CONNECTIONS,
  RETRY_AFTER_SECONDS,
} from "./settings";

/** Folder of the configuration in the pod. */
export const CONFIG_PATH = "/etc/haproxy";
/** HTTP path of the metrics of each server, on {@link METRICS_PORT}. */
export const SERVERS_PATH = "/servers";
/** Files beside the configuration, in the order in which they are loaded, with their arguments. */
const SCRIPTS: [name: string, ...args: number[]][] = [
  ["outliers.lua", FAILING_SHARE, FAILING_TIMES, FIRST_OUT_SECONDS],
  ["leave-out.lua", FULL_WEIGHT],
  ["servers.lua"],
  ["wait.lua"],
];

/** Everything that is mounted at {@link CONFIG_PATH}. */
export function haproxyFiles(settings: HaproxySettings): Record<string, string> {
  const scripts = SCRIPTS.map(([name]) => [name, storedText(__dirname, "scripts", name)]);
  return {
    "haproxy.cfg": haproxyConfig(settings),
    ...(Object.fromEntries(scripts) as Record<string, string>),
    ...(settings.tls ? agentFiles() : {}),
  };
}

/** The agent's modules, as they lie beside this file. */
export function agentFiles(): Record<string, string> {
  const folder = join(__dirname, "agent");
  const modules = readdirSync(folder).filter((file) => file.endsWith(".py"));
  return Object.fromEntries(modules.sort().map((file) => [file, storedText(folder, file)]));
}

/** The whole of `haproxy.cfg`. */
export function haproxyConfig(settings: HaproxySettings): string {
  return (
    [
      ...globals(settings),
      ...resolvers(),
      ...operations(settings),
      ...clientsFrontend(settings),
      ...backends(settings),
    ].join("\n") + "\n"
  );
}

function globals({ tls }: HaproxySettings): string[] {
  return [
    "global",
    ...SCRIPTS.map((words) => `  lua-load ${CONFIG_PATH}/${words.join(" ")}`),
    "  log stdout format raw local0 notice",
    // Two descriptors each, within every container engine's limit; with a buffer for each they fit the memory limit.
    `  maxconn ${MAX_CONNECTIONS}`,
    `  hard-stop-after ${DRAIN_SECONDS}s`,
    // A stopping balancer closes idle client connections over a few seconds, so that they don't all come back at once.
    "  close-spread-time 3s",
    ...(tls ? secureGlobals : []),
    "",
    "defaults",
    "  mode http",
    "  log global",
    "  option httplog",
    "  option dontlognull",
    "  option redispatch 1",
    "  retries 3",
    "  timeout connect 500ms",
    "  timeout client 60s",
    "  timeout http-request 10s",
    "  timeout http-keep-alive 30s",
    "  timeout queue 1s",
    "  timeout check 1s",
    "  timeout tunnel 1h",
    `  http-error status 503 content-type text/plain string "No server.\\n" hdr Retry-After ${RETRY_AFTER_SECONDS}`,
    "",
  ];
}

/** The cluster's own name server; while it is silent, the servers known last stay (haproxy/haproxy#345). */
function resolvers(): string[] {
  return [
    "resolvers cluster",
    "  parse-resolv-conf",
    "  accepted_payload_size 8192",
    "  resolve_retries 3",
    "  timeout resolve 1s",
    "  timeout retry 1s",
    "  hold valid 1s",
    "  hold obsolete 0s",
    ...["nx", "other", "refused", "timeout"].map((status) => `  hold ${status} 24h`),
    "",
  ];
}

function operations({ tls }: HaproxySettings): string[] {
  return [
    "frontend operations",
    `  bind :${METRICS_PORT}`,
    "  option dontlog-normal",
    // Not by server: its servers are slots, most of them empty, and thousands of series. Those in use are told by
    // address.
    "  http-request set-query scope=global&scope=frontend&scope=backend if { path /metrics }",
    "  http-request use-service prometheus-exporter if { path /metrics }",
    `  http-request use-service lua.servers if { path ${SERVERS_PATH} }`,
    "  http-request return status 503 if { path /readyz } { stopping }",
    // One that is ordered needs this way in first, to be proven.
    ...(tls && !tls.issue ? [`  http-request return status 503 if { path /readyz } !${CERTIFIED}`] : []),
    "  http-request return status 200 if { path /healthz /readyz }",
    "  http-request deny status 404",
    "",
  ];
}
