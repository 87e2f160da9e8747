import { completed } from "../common/completed";
import type { CertificateArgs, LoadBalancerArgs } from "./args";
import { isHost, type Matched } from "./routes";
import { DEFAULTS } from "./settings";

/** TLS, completed and checked. */
export interface Tls {
  certificates: (CertificateArgs & { hosts: string[] })[];
  redirect: boolean;
  port: number;
  nodePort: number;
  /** Value of `Strict-Transport-Security`; undefined where there is none. */
  hsts: string | undefined;
}

function fail(what: string): never {
  throw new Error(`LoadBalancer: ${what}`);
}

/**
 * What is said of TLS; undefined where nothing is.
 *
 * @throws Error in one sentence that names the argument
 */
export function tlsOf({ tls, entryScheme }: LoadBalancerArgs, matched: Matched[]): Tls | undefined {
  if (tls === undefined) return undefined;
  if (entryScheme === "https") {
    fail('tls and entryScheme: "https" say that TLS is ended here and in front; leave out one of them.');
  }
  const { certificates = [], hsts, ...rest } = completed(tls, DEFAULTS.TlsArgs);
  if (certificates.length === 0) {
    fail('tls.certificates is empty; name a Secret, such as certificates: [{ secretName: "shop-tls" }].');
  }
  const routed = certificates.length === 1 ? [...new Set(matched.flatMap(({ host }) => host ?? []))] : [];
  return {
    certificates: certificates.map((one, index) => ({
      ...one,
      hosts: (one.hosts ?? routed).map((host) => checkedHost(host, `tls.certificates[${index}].hosts`)),
    })),
    redirect: rest.redirect,
    port: checkedPort(rest.port),
    nodePort: rest.nodePort,
    hsts: hsts === undefined ? undefined : hstsValue(hsts.seconds, hsts.subdomains ?? DEFAULTS.HstsArgs.subdomains),
  };
}

function checkedHost(host: string, where: string): string {
  const lower = host.toLowerCase().replace(/\.$/, "");
  if (!isHost(lower)) {
    fail(`${where} has ${JSON.stringify(host)}; wanted is a name such as "shop.example.com" or "*.example.com".`);
  }
  return lower;
}

function checkedPort(port: number): number {
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    fail(`tls.port is ${port}; wanted is the port that clients use, a whole number from 1 to 65535.`);
  }
  return port;
}

function hstsValue(seconds: number, subdomains: boolean): string {
  if (!Number.isInteger(seconds) || seconds < 0) {
    fail(`tls.hsts.seconds is ${seconds}; wanted is a whole number of seconds, such as 300 or 31536000.`);
  }
  return `max-age=${seconds}${subdomains ? "; includeSubDomains" : ""}`;
}
