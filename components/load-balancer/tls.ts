import { hostAndPort } from "../../config/addresses";
import { completed } from "../common/completed";
import type { CertificateArgs, LoadBalancerArgs, TlsArgs } from "./args";
import { issuedSecret } from "./names";
import { isHost, type Matched } from "./routes";
import { ACCOUNT_SETTLES_SECONDS, DEFAULTS } from "./settings";

/** How a certificate is got that nobody supplies; plain data, which the agent is given as it is. */
export type Issue =
  | { kind: "acme"; hosts: string[]; directory: string; email?: string; settle: number }
  | { kind: "authority"; hosts: string[] };

/** TLS, completed and checked. */
export interface Tls {
  certificates: (CertificateArgs & { hosts: string[] })[];
  /** Who gets the only certificate; undefined where they are supplied. */
  issue: Issue | undefined;
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
 * @param name the balancer's
 * @throws Error in one sentence that names the argument
 */
export function tlsOf(name: string, { tls, entryScheme }: LoadBalancerArgs, matched: Matched[]): Tls | undefined {
  if (tls === undefined) return undefined;
  if (entryScheme === "https") {
    fail('tls and entryScheme: "https" say that TLS is ended here and in front; leave out one of them.');
  }
  const { redirect, port, nodePort, hsts } = completed(tls, DEFAULTS.TlsArgs);
  const issue = issueOf(tls);
  const routed = [...new Set(matched.flatMap(({ host }) => host ?? []))];
  const left = issue && routed.find((host) => !issue.hosts.includes(host));
  if (left) fail(`routes name the host ${left}, for which tls.${issue.kind}.hosts has no certificate; add it there.`);
  return {
    certificates: issue
      ? [{ secretName: issuedSecret(name), hosts: issue.hosts }]
      : supplied(tls.certificates ?? [], routed),
    issue,
    redirect,
    port: checkedPort(port),
    nodePort,
    hsts: hsts === undefined ? undefined : hstsValue(hsts.seconds, hsts.subdomains ?? DEFAULTS.HstsArgs.subdomains),
  };
}

/** Who gets the certificate; undefined where certificates are supplied. */
function issueOf({ certificates, acme, authority }: TlsArgs): Issue | undefined {
  const said = Object.entries({ certificates, acme, authority }).filter(([, value]) => value !== undefined);
  if (said.length !== 1) {
    const got = said.map(([key]) => `tls.${key}`).join(" and ") || "none";
    fail(
      `of tls.certificates, tls.acme and tls.authority one is wanted, and there is ${got}; say where it comes from.`,
    );
  }
  if (acme) {
    const { directory, email } = completed(acme, DEFAULTS.AcmeArgs);
    if (hostAndPort(directory) === undefined || !directory.startsWith("https://")) {
      fail(`tls.acme.directory is ${JSON.stringify(directory)}; wanted is an https address of an ACME directory.`);
    }
    const hosts = someHosts(acme.hosts, "tls.acme.hosts");
    const wild = hosts.find((host) => host.startsWith("*."));
    if (wild) fail(`tls.acme.hosts has ${wild}; wildcards can't be proven over HTTP: supply that certificate.`);
    return { kind: "acme", hosts, directory, ...(email && { email }), settle: ACCOUNT_SETTLES_SECONDS };
  }
  return authority && { kind: "authority", hosts: someHosts(authority.hosts, "tls.authority.hosts") };
}

function supplied(certificates: CertificateArgs[], routed: string[]): Tls["certificates"] {
  if (certificates.length === 0) {
    fail('tls.certificates is empty; name a Secret, such as certificates: [{ secretName: "site-tls" }].');
  }
  return certificates.map((one, index) => ({
    ...one,
    hosts: (one.hosts ?? (certificates.length === 1 ? routed : [])).map((host) =>
      checkedHost(host, `tls.certificates[${index}].hosts`),
    ),
  }));
}

function someHosts(hosts: string[], where: string): string[] {
  if (hosts.length === 0) fail(`${where} is empty; name at least one, such as "www.example.com".`);
  return [...new Set(hosts.map((host) => checkedHost(host, where)))];
}

function checkedHost(host: string, where: string): string {
  const lower = host.toLowerCase().replace(/\.$/, "");
  if (!isHost(lower)) {
    fail(`${where} has ${JSON.stringify(host)}; wanted is a name such as "www.example.com" or "*.example.com".`);
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
