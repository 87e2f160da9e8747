import type { HaproxySettings } from "./completed";
import { TLS_PATH, TLS_PORT } from "./names";

/** Words that the agent sets while HAProxy runs: see agent/switches.py. */
const SWITCHES = `${TLS_PATH}/switches.map`;

/** Holds once every certificate is one that clients may trust. */
export const CERTIFIED = `{ str(certified),map(${SWITCHES}) -m str on }`;

const THUMBPRINT = `str(thumbprint),map(${SWITCHES})`;

/**
 * The answer to an ACME server that asks whether this host is its account's: what it asks, and the thumbprint of the
 * account. So every balancer can answer at any moment, and nothing has to be brought to it for each order.
 */
const CHALLENGE =
  `  http-request return status 200 content-type text/plain lf-string "%[path,field(-1,/)].%[${THUMBPRINT}]" ` +
  `if { path -m reg '^/\\.well-known/acme-challenge/[A-Za-z0-9_-]+$' } !{ ${THUMBPRINT} -m str none }`;

/** Only what has forward secrecy: Mozilla's intermediate list. TLS 1.3 has nothing else. */
const CIPHERS = ["ECDSA", "RSA"]
  .flatMap((key) => ["AES128-GCM-SHA256", "AES256-GCM-SHA384", "CHACHA20-POLY1305"].map((one) => `ECDHE-${key}-${one}`))
  .join(":");

/** What HAProxy needs for TLS before anything else: the socket by which it is given each new certificate. */
export const secureGlobals: string[] = [
  `  stats socket ${TLS_PATH}/admin.sock mode 600 level admin`,
  "  ssl-default-bind-options ssl-min-ver TLSv1.2",
  `  ssl-default-bind-ciphers ${CIPHERS}`,
];

/** The port for TLS. The files are there before HAProxy starts, and change while it runs. */
export function secureBind(certificates: number, accept: string): string {
  const files = Array.from({ length: certificates }, (_, index) => `crt ${TLS_PATH}/${index}.pem`).join(" ");
  return `  bind :${TLS_PORT}${accept} ssl ${files} alpn h2,http/1.1`;
}

/**
 * What is different where TLS is ended here. Who came by TLS, and to which host, an application reads in headers.
 *
 * @param hops whether trusted hops may say it instead
 */
export function secureRules(
  { redirect, port, hsts, issue }: NonNullable<HaproxySettings["tls"]>,
  hops: boolean,
): string[] {
  const unsaid = hops ? " unless { req.hdr(X-Forwarded-Host) -m found }" : "";
  const secure = "{ req.hdr(X-Forwarded-Proto) -i https }";
  const to = `https://%[req.hdr(host),host_only]${port === 443 ? "" : `:${port}`}%[pathq]`;
  return [
    `  http-request set-header X-Forwarded-Host %[req.hdr(host)]${unsaid}`,
    ...(issue?.kind === "acme" ? [CHALLENGE] : []),
    // Never to a certificate that nobody trusts. 308 keeps the method.
    ...(redirect
      ? [`  http-request redirect location ${to} code 308 if !${secure} { req.hdr(host) -m found } ${CERTIFIED}`]
      : []),
    ...(hsts === undefined
      ? []
      : [`  http-after-response set-header Strict-Transport-Security "${hsts}" if { ssl_fc } ${CERTIFIED}`]),
  ];
}
