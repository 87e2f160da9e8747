import { completed } from "../common/completed";
import { probeHeaders } from "../common/probe-headers";
import type { Algorithm, ClientAddress, LoadBalancerArgs } from "./args";
import type { Matched, Routing, Served } from "./routes";
import { DEFAULTS } from "./settings";
import type { Tls } from "./tls";

/** The servers of one service, as the configuration finds and checks them. */
export interface ServiceSettings {
  /** What its sections are called after; undefined where it is the only service. */
  name: string | undefined;
  /** Name whose SRV records list the servers that are ready. */
  srvName: string;
  /** Name whose SRV records list every server. */
  reserveSrvName: string;
  protocol: "http" | "grpc";
  checkPath: string;
  /** Headers of the check, `Host` among them. */
  checkHeaders: Record<string, string>;
  maxServers: number;
}

/** What the configuration depends on; plain values, so that `haproxy -c` can judge it in a test. */
export interface HaproxySettings {
  algorithm: Algorithm;
  clientAddress: ClientAddress;
  trustedHops: string[];
  /** What `X-Forwarded-Proto` says where nobody who is trusted has said it. */
  entryScheme: "http" | "https";
  services: ServiceSettings[];
  /** Which service gets a request, the most precise first; empty where there is only one. */
  matched: Matched[];
  /** TLS; undefined where it is not ended here. */
  tls: (Pick<Tls, "redirect" | "port" | "hsts" | "issue"> & { certificates: unknown[] }) | undefined;
  answerSeconds: number;
  readAnswerSeconds: number;
  idempotencyHeader: string;
}

/** What is known of a service only once its objects are declared: where, and the Services that list its servers. */
export interface ServiceNames {
  namespace: string;
  ready: string;
  every: string;
}

/**
 * The configuration's values: what a caller said, and the defaults.
 *
 * @param names of each service's objects
 */
export function haproxySettings(
  args: LoadBalancerArgs,
  { services, matched }: Routing,
  names: ServiceNames[],
  tls: Tls | undefined,
): HaproxySettings {
  const { clusterDomain, ...stated } = completed(args, DEFAULTS.LoadBalancerArgs);
  return {
    algorithm: stated.algorithm,
    clientAddress: stated.clientAddress,
    trustedHops: stated.trustedHops,
    entryScheme: stated.entryScheme,
    services: services.map((served, index) => serviceSettings(served, names[index]!, clusterDomain)),
    matched,
    tls,
    answerSeconds: stated.answerSeconds,
    readAnswerSeconds: stated.readAnswerSeconds,
    idempotencyHeader: stated.idempotencyHeader,
  };
}

function serviceSettings({ name, backend }: Served, names: ServiceNames, domain: string): ServiceSettings {
  const { portName, protocol, checkPath, checkHeaders, maxServers } = completed(backend, DEFAULTS.Backend);
  const srvName = (service: string) => `_${portName}._tcp.${service}.${names.namespace}.svc.${domain}`;
  return {
    name,
    srvName: srvName(names.ready),
    reserveSrvName: srvName(names.every),
    protocol,
    checkPath,
    checkHeaders: probeHeaders(names.ready, checkHeaders),
    maxServers,
  };
}
