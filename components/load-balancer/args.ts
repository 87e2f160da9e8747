import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { Backend } from "../common/backend";
import type { ComponentArgs, Transform } from "../common/component";
import type { Peer } from "../common/network";

export type { Backend };

/** How requests are spread over servers. */
export type Algorithm = "roundrobin" | "leastconn" | "source";

/** Where the address of a client is read. */
export type ClientAddress = "connection" | "proxy-protocol" | "header";

/** Which requests a service gets. */
export interface Route {
  /**
   * Name that requests are for: `shop.example.com`, or `*.example.com` for every name one level below.
   * @default any name
   */
  host?: string;
  /** Beginning of their path, whole segments: `/api` is for `/api` and `/api/orders`, and not for `/apis`. */
  path?: string;
  /** Who gets them. Routes that name the same object share its servers. */
  backend: Backend;
}

/** A certificate of yours, in a Secret of the type `kubernetes.io/tls`: keys `tls.crt` and `tls.key`. */
export interface CertificateArgs {
  /** Name of the Secret, in the balancer's namespace. What changes in it is used without a restart. */
  secretName: pulumi.Input<string>;
  /**
   * Names that it must be for; one that is not is refused, and the one before stays.
   * @default the hosts of `routes` where it is the only certificate, else any
   */
  hosts?: string[];
}

/** `Strict-Transport-Security`: browsers speak only https to the host for so long, whatever happens to it. */
export interface HstsArgs {
  /** How long; 31536000 is a year. Begin with a few minutes: what a browser has been told can't be taken back. */
  seconds: number;
  /** Whether that holds for all names below the host, too. */
  subdomains?: boolean;
}

/** A certificate from an ACME server, such as Let's Encrypt's, which asks the hosts over plain HTTP, port 80. */
export interface AcmeArgs {
  /** Names that it is for. They lead to the balancer by DNS already; no wildcards. */
  hosts: string[];
  /** Whom the server writes to. @default nobody */
  email?: string;
  /**
   * The server's directory. For trying it out, Let's Encrypt has one whose certificates nobody trusts:
   * `https://acme-staging-v02.api.letsencrypt.org/directory`.
   */
  directory?: string;
}

/** A certificate of an authority that is made here, for machines that no ACME server reaches. */
export interface AuthorityArgs {
  /** Names that it is for, such as `localhost`. */
  hosts: string[];
}

/** TLS at the entry, by version 1.2 or newer, with HTTP/2. Say one of `certificates`, `acme` and `authority`. */
export interface TlsArgs {
  /**
   * Certificates of yours, cert-manager's among them. Clients that name no host get the first one.
   * @default that of `acme` or `authority`
   */
  certificates?: CertificateArgs[];
  /** Has a certificate ordered and renewed. You agree to the server's terms by this. @default none is ordered */
  acme?: AcmeArgs;
  /** Has a certificate signed here and renewed. @default none is signed */
  authority?: AuthorityArgs;
  /** Whether plain HTTP is answered 308, to https, once there is a certificate. */
  redirect?: boolean;
  /** Has browsers remember https. @default they are told nothing */
  hsts?: HstsArgs;
  /** Port that clients use for https, as the redirect names it. */
  port?: number;
  /** Port for it on the entry nodes. */
  nodePort?: number;
}

/** Arguments of `LoadBalancer`. */
export interface LoadBalancerArgs extends ComponentArgs {
  /** What it stands in front of; say this or `routes`. @default what `routes` name */
  backend?: Backend;
  /**
   * Several services behind it, by host and path. The most precise route gets a request: a named host before a
   * wildcard, that before any host, then the longest path. What no route is for is answered 404.
   * @default everything goes to `backend`
   */
  routes?: Route[];
  /**
   * `roundrobin`: in turn. `leastconn`: to the server with the fewest requests running. `source`: by the client's
   * address, over a consistent hash, so that all balancers agree and one more server moves only 1/n of the clients.
   */
  algorithm?: Algorithm;
  /** TLS that is ended here. @default plain HTTP only; something in front may end TLS */
  tls?: TlsArgs;
  /**
   * `connection`: the peer. `proxy-protocol`: the header a TCP balancer in front sends; connections without it are
   * refused.
   * `header`: the last `X-Forwarded-For` entry, from `trustedHops` only, whose other `X-Forwarded-…` headers are passed
   * on, too. From everybody else those headers are dropped.
   */
  clientAddress?: ClientAddress;
  /** Networks whose `X-Forwarded-…` headers are believed, in CIDR notation. */
  trustedHops?: string[];
  /**
   * What clients speak to whatever is in front, where that sends no `X-Forwarded-Proto`: `https` behind a TCP balancer
   * that ends TLS. With `clientAddress: "header"` it counts for the trusted hops, and their own header wins. Whoever
   * reaches the port past that balancer is called an `https` client, too: let nobody else reach it.
   */
  entryScheme?: "http" | "https";
  /** Labels of the nodes that traffic enters by; one pod runs on each. */
  entryLabels?: Record<string, string>;
  /** Port on those nodes. */
  nodePort?: number;
  /** Seconds the balancer waits for an answer; must exceed the service's own deadlines. */
  answerSeconds?: number;
  /** Seconds an answer to a repeatable read may take before another server is asked. */
  readAnswerSeconds?: number;
  /** Header by which a client declares a request safe to repeat. */
  idempotencyHeader?: string;
  /** Domain of the cluster's names. */
  clusterDomain?: string;
  /** CPU and memory of each pod. @default with `tls` up to 384Mi of memory */
  resources?: k8s.types.input.core.v1.ResourceRequirements;
  /** Who may read its metrics. @default nobody */
  scrapedBy?: Peer[];
  /** The one escape hatch: rewrites a child's arguments. */
  transform?: {
    daemonSet?: Transform<k8s.apps.v1.DaemonSetArgs>;
    service?: Transform<k8s.core.v1.ServiceArgs>;
  };
}
