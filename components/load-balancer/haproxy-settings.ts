import type { Algorithm, ClientAddress } from "./args";

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
