import type { HaproxySettings } from "./completed";
import { CLIENT_PORT } from "./names";
import { toService } from "./haproxy-routes";
import { secureBind, secureRules } from "./haproxy-tls";

/**
 * Headers by which a proxy tells an application who called and how. An application believes them, so from a client they
 * are dropped; with an underscore as well, because WSGI and CGI read that as the same name.
 */
const SAID_BY_PROXIES =
  "^(x[-_]forwarded([-_].*)?|forwarded|x[-_]real[-_]ip|x[-_](url[-_])?scheme|front[-_]end[-_]https)$";

/**
 * The same, from a hop that is trusted: the address is taken over (`set-src`) and written anew, the rest is its word.
 */
const ADDRESS_HEADERS = "^x[-_]forwarded[-_]for$";

/** The way in: whose word counts, what no client may ask for, and who answers. */
export function clientsFrontend(settings: HaproxySettings): string[] {
  const { clientAddress, trustedHops, entryScheme, tls } = settings;
  const accept = clientAddress === "proxy-protocol" ? " accept-proxy" : "";
  // Without TLS here, clients speak what they speak to whatever is in front.
  const scheme = tls ? "%[ssl_fc,iif(https,http)]" : entryScheme;
  return [
    "frontend clients",
    `  bind :${CLIENT_PORT}${accept}`,
    ...(tls ? [secureBind(tls.certificates.length, accept)] : []),
    "  http-request deny status 404 if { path,url_dec -m beg -i /metrics }",
    ...(clientAddress === "header" ? fromHop(trustedHops, scheme, tls ? scheme : "http") : fromClient(scheme)),
    ...(tls ? secureRules(tls, clientAddress === "header") : []),
    "  option forwardfor",
    ...toService(settings),
    "",
  ];
}

function fromClient(scheme: string): string[] {
  return [
    `  http-request del-header ${SAID_BY_PROXIES} -m reg`,
    // Where TLS is ended in front of the balancer, that hop has to be named before its word counts.
    `  http-request set-header X-Forwarded-Proto ${scheme}`,
  ];
}

/**
 * @param scheme what a trusted hop's client speaks, where it does not say
 * @param others what anybody else does
 */
function fromHop(hops: string[], scheme: string, others: string): string[] {
  const trusted = "{ var(txn.trusted) -m bool }";
  return [
    // Kept in a variable: `set-src` changes what is asked here.
    `  http-request set-var(txn.trusted) bool(true) if { src ${hops.join(" ")} }`,
    `  http-request set-src req.hdr_ip(x-forwarded-for,-1) if ${trusted}`,
    `  http-request del-header ${SAID_BY_PROXIES} -m reg unless ${trusted}`,
    `  http-request del-header ${ADDRESS_HEADERS} -m reg`,
    `  http-request set-header X-Forwarded-Proto ${scheme} if ${trusted} !{ req.hdr(X-Forwarded-Proto) -m found }`,
    `  http-request set-header X-Forwarded-Proto ${others} unless ${trusted}`,
  ];
}
