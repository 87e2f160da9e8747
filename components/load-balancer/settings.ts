import { ENTRY_LABEL, TLS_NODE_PORT } from "../../config/addresses";
import { LEAST_SERVERS, READY_PATH, type Backend } from "../common/backend";
import type { AcmeArgs, HstsArgs, LoadBalancerArgs, Route, TlsArgs } from "./args";

/** What an argument is where the caller says nothing, by interface; the reference is rendered from it. */
export const DEFAULTS = {
  LoadBalancerArgs: {
    algorithm: "leastconn",
    clientAddress: "connection",
    trustedHops: ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"],
    entryScheme: "http",
    entryLabels: { [ENTRY_LABEL]: "true" },
    nodePort: 30080,
    answerSeconds: 30,
    readAnswerSeconds: 12,
    idempotencyHeader: "Idempotency-Key",
    clusterDomain: "cluster.local",
    resources: { requests: { cpu: "100m", memory: "64Mi" }, limits: { cpu: "1000m", memory: "256Mi" } },
  },
  Route: { path: "/" },
  TlsArgs: { redirect: true, port: 443, nodePort: TLS_NODE_PORT },
  HstsArgs: { subdomains: false },
  AcmeArgs: { directory: "https://acme-v02.api.letsencrypt.org/directory" },
  Backend: { portName: "http", protocol: "http", checkPath: READY_PATH, maxServers: LEAST_SERVERS },
} satisfies {
  LoadBalancerArgs: Partial<LoadBalancerArgs>;
  Route: Partial<Route>;
  TlsArgs: Partial<TlsArgs>;
  HstsArgs: Partial<HstsArgs>;
  AcmeArgs: Partial<AcmeArgs>;
  Backend: Partial<Backend>;
};

/**
 * Connections of clients that a balancer holds at once: two descriptors each are within every container engine's limit.
 */
export const MAX_CONNECTIONS = 4_000;

/**
 * Memory that a balancer may use that ends TLS: an open connection takes 32 KiB (2,000 took 62 MiB), a busy one two
 * buffers of 16 KiB more. All of them are 250 MiB, beside the 24 MiB of HAProxy itself.
 */
export const TLS_MEMORY = "384Mi";

/**
 * Connections from which on no service gets more than its share of them, and no request waits for a server: half of the
 * room stays for those that can be answered.
 */
export const SHARED_FROM = MAX_CONNECTIONS / 2;

/** Seconds after which a client that was answered 503 may ask again. */
export const RETRY_AFTER_SECONDS = 2;

/** Seconds in which nodes learn that no new connection should come here. */
export const PRE_STOP_SECONDS = 5;

/** Seconds that running requests get once the balancer was told to stop. */
export const DRAIN_SECONDS = 30;

/**
 * Share of a server's answers that are failures from which on it is called out and left out, if the others fail less.
 */
export const FAILING_SHARE = 0.05;

/** How many times as often as the others it has to fail: where all fail alike, it is not the server. */
export const FAILING_TIMES = 5;

/**
 * Weight of a server that gets its share; one on trial gets 1 of it, so this is how many times fewer requests that are.
 */
export const FULL_WEIGHT = 100;

/** Seconds a server is first left out for. */
export const FIRST_OUT_SECONDS = 10;

/**
 * Seconds that a server takes for an answer before it can be called slow, and how many times the median of all that has
 * to be.
 */
export const SLOW_SECONDS = 0.1;
export const SLOW_TIMES = 4;

/** Share of requests that need a second server before somebody is told: the checks take out a dead one long before. */
export const RETRIED_SHARE = 0.05;

/** Share of a balancer's connections from which somebody is called: the rest is for the time until it has more. */
export const FULL_SHARE = 0.8;

/** Entry nodes with a balancer: with fewer, one more loss closes the way in. */
export const LEAST_ENTRIES = 2;

/**
 * Days that a certificate has left when a ticket is due: whoever renews it should have done so, and there is time to
 * find out why not.
 */
export const EXPIRES_DAYS = 14;

/** The same for a page: a weekend. */
export const EXPIRES_SOON_DAYS = 3;

/**
 * Seconds after a new ACME account in which nothing is ordered: so long kubelets take until every balancer answers for
 * it.
 */
export const ACCOUNT_SETTLES_SECONDS = 150;
