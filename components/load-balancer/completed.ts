import { completed } from "../common/completed";
import { probeHeaders } from "../common/probe-headers";
import type { Algorithm, ClientAddress, LoadBalancerArgs } from "./args";
import { DEFAULTS } from "./settings";

/** What the configuration depends on; plain values, so that `haproxy -c` can judge it in a test. */
export interface HaproxySettings {
  algorithm: Algorithm;
  clientAddress: ClientAddress;
  trustedHops: string[];
  /** What `X-Forwarded-Proto` says where nobody who is trusted has said it. */
  entryScheme: "http" | "https";
  /** Name whose SRV records list the servers that are ready. */
  srvName: string;
  /** Name whose SRV records list every server. */
  reserveSrvName: string;
  protocol: "http" | "grpc";
  checkPath: string;
  /** Headers of the check, `Host` among them. */
  checkHeaders: Record<string, string>;
  maxServers: number;
  answerSeconds: number;
  readAnswerSeconds: number;
  idempotencyHeader: string;
}

/**
 * The configuration's values: what a caller said, and the defaults.
 *
 * @param service names of the backend's Services, whose SRV records list the servers that are ready, and all
 */
export function haproxySettings(
  args: LoadBalancerArgs,
  namespace: string,
  service: { ready: string; every: string },
): HaproxySettings {
  const { clusterDomain, ...stated } = completed(args, DEFAULTS.LoadBalancerArgs);
  const backend = completed(args.backend, DEFAULTS.Backend);
  const srvName = (name: string) => `_${backend.portName}._tcp.${name}.${namespace}.svc.${clusterDomain}`;
  return {
    algorithm: stated.algorithm,
    clientAddress: stated.clientAddress,
    trustedHops: stated.trustedHops,
    entryScheme: stated.entryScheme,
    srvName: srvName(service.ready),
    reserveSrvName: srvName(service.every),
    protocol: backend.protocol,
    checkPath: backend.checkPath,
    checkHeaders: probeHeaders(service.ready, backend.checkHeaders),
    maxServers: backend.maxServers,
    answerSeconds: stated.answerSeconds,
    readAnswerSeconds: stated.readAnswerSeconds,
    idempotencyHeader: stated.idempotencyHeader,
  };
}
