import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { LoadBalancer, loadBalancerLabels, RESTRICTED_NAMESPACE_LABELS, WebService } from "holdfast";

const config = new pulumi.Config();
const provider = new k8s.Provider("kubernetes", { context: config.require("context") });
const metadata = { name: "several-services", labels: RESTRICTED_NAMESPACE_LABELS };
const namespace = new k8s.core.v1.Namespace("namespace", { metadata }, { provider }).metadata.name;
const host = config.require("host");

// Programs in place of yours.
const LISTEN = "process.on('SIGTERM', () => process.exit());";

/** Answers every request with its name and with what the balancer said of the client. */
const page = (name: string): string =>
  `${LISTEN} require('http').createServer(({ headers }, answer) => answer.end(JSON.stringify({ service: '${name}', ` +
  "proto: headers['x-forwarded-proto'], client: headers['x-forwarded-for'] }))).listen(8000)";

/** A gRPC server without a library: each call, the health check's too, is answered with a message whose field 1 is 1. */
const GREETER =
  `${LISTEN} require('http2').createServer().on('stream', (stream) => { ` +
  "stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' })); " +
  "stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true }); " +
  "stream.end(Buffer.from([0, 0, 0, 0, 2, 8, 1])); }).listen(8000)";

const service = (name: string, program: string, protocol: "http" | "grpc" = "http"): WebService =>
  new WebService(
    name,
    {
      namespace,
      image: config.require("image"),
      // In place of a program of yours. Leave this line out where the image has one.
      command: ["node", "-e", program],
      protocol,
      metrics: false,
      replicas: 2,
      resources: { requests: { cpu: "20m", memory: "48Mi" }, limits: { cpu: "500m", memory: "128Mi" } },
      clients: [{ namespace, labels: loadBalancerLabels("entry") }],
    },
    { provider },
  );

const web = service("web", page("web"));
const api = service("api", page("api"));
const greeter = service("greeter", GREETER, "grpc");

const entry = new LoadBalancer(
  "entry",
  {
    namespace,
    routes: [
      { host, backend: web.backend },
      { host, path: "/api", backend: api.backend },
      { host, path: "/shop.Greeter", backend: greeter.backend },
    ],
    nodePort: config.requireNumber("nodePort"),
    // An authority of its own, for a laptop. Elsewhere: `acme: { hosts: [host] }`.
    tls: { authority: { hosts: [host] }, nodePort: config.requireNumber("tlsNodePort") },
  },
  { provider },
);

/** Secret with the authority's certificate, under `ca.crt`: what a client has to trust. */
export const certificateSecret = entry.certificateSecret;
