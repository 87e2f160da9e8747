import type * as pulumi from "@pulumi/pulumi";
import type { Endpoint } from "./network";

/** Slots for servers in a balancer: fewer would save nothing, more cost a few kilobytes each. */
export const LEAST_SERVERS = 50;

/** HTTP path by which a program says that it should get requests. */
export const READY_PATH = "/readyz";

/** What the balancer stands in front of; a `WebService` hands its own over as `backend`. */
export interface Backend {
  /** Whom the network policy lets it call. */
  endpoint: Endpoint;
  /** Headless Service whose SRV records list the servers that are ready. */
  service: pulumi.Input<string>;
  /**
   * Headless Service whose SRV records list every server, ready or not. Requests go to those of them that accept
   * connections while none passes the check.
   * @default `service`
   */
  reserve?: pulumi.Input<string>;
  /** Name of that Service's port. */
  portName?: string;
  /** What the servers speak; `grpc` is HTTP/2 without TLS, checked by opening a connection. */
  protocol?: "http" | "grpc";
  /**
   * HTTP path of the active check, for `http`; an answer from 200 to 399 passes. It may ask for more than Kubernetes'
   * readiness does: a server that can't reach what it needs is left out while another can, and none is left out when no
   * one can.
   */
  checkPath?: string;
  /** Headers of the check, `Host` among them. @default `Host` is the Service's name */
  checkHeaders?: Record<string, string>;
  /** Most servers there can ever be. */
  maxServers?: number;
}
