import * as pulumi from "@pulumi/pulumi";
import * as k8s from "@pulumi/kubernetes";
import { transformed } from "../common/component";
import { readAtStart } from "../common/content";
import { allLabels, selectorLabels } from "../common/labels";
import { networkPolicy, type Peer } from "../common/network";
import type { Observability } from "../common/observability";
import { owned } from "../common/ownership";
import { probeHeaders } from "../common/probe-headers";
import { balancerAlerts } from "./alerts";
import type { LoadBalancerArgs } from "./args";
import { balancerDashboard } from "./dashboard";
import { haproxyFiles, SERVERS_PATH } from "./haproxy-config";
import { balancerPodSpec } from "./pods";
import { CLIENT_PORT, DEFAULTS, METRICS_PORT } from "./settings";

/** Labels of a balancer's pods, known before it exists, so that a service can name it as its client. */
export function loadBalancerLabels(name: string) {
  return selectorLabels(name, "load-balancer");
}

/**
 * HAProxy in front of a web service, one pod on each entry node, entered by a port of that node. No Service address
 * lies on the way: those keep a dead node's pods for most of a minute, the balancer's own checks drop them in seconds.
 */
export class LoadBalancer extends pulumi.ComponentResource {
  /** Whom a service has to let in. */
  readonly peer: Peer;
  /** What Prometheus should scrape, alert on and show. */
  readonly observability: Observability;
  /** Counters of all answers that clients got, and of the failed ones, for a service level objective. */
  readonly answers: { total: string; bad: string };
  /** Port on every entry node. */
  readonly nodePort: pulumi.Output<number>;

  constructor(name: string, args: LoadBalancerArgs, opts?: pulumi.ComponentResourceOptions) {
    super("holdfast:index:LoadBalancer", name, {}, owned(opts));
    const { namespace, backend } = args;
    const labels = loadBalancerLabels(name);
    const metadata = (child: string) => ({ name: child, namespace, labels: allLabels(labels) });
    const own = { parent: this };

    this.peer = { namespace, labels };
    this.observability = {
      name,
      scrape: [
        { job: name, peer: this.peer, port: METRICS_PORT },
        { job: `${name}-servers`, peer: this.peer, port: METRICS_PORT, path: SERVERS_PATH, urgent: true },
      ],
      rules: [balancerAlerts(name)],
      dashboard: balancerDashboard(name),
    };

    const counted = `job="${name}",proxy="clients"`;
    this.answers = {
      total: `haproxy_frontend_http_responses_total{${counted}}`,
      bad: `haproxy_frontend_http_responses_total{${counted},code="5xx"}`,
    };

    const byDefault = DEFAULTS.LoadBalancerArgs;
    const srvName = (service: string, space: string) =>
      `_${backend.portName ?? DEFAULTS.Backend.portName}._tcp.${service}.${space}.svc.${args.clusterDomain ?? byDefault.clusterDomain}`;
    const services = pulumi.all([namespace, backend.service, backend.reserve ?? backend.service]);
    const data = services.apply(([space, ready, every]) =>
      haproxyFiles({
        algorithm: args.algorithm ?? byDefault.algorithm,
        clientAddress: args.clientAddress ?? byDefault.clientAddress,
        trustedHops: args.trustedHops ?? byDefault.trustedHops,
        entryScheme: args.entryScheme ?? byDefault.entryScheme,
        srvName: srvName(ready, space),
        reserveSrvName: srvName(every, space),
        protocol: backend.protocol ?? DEFAULTS.Backend.protocol,
        checkPath: backend.checkPath ?? DEFAULTS.Backend.checkPath,
        checkHeaders: probeHeaders(ready, backend.checkHeaders),
        maxServers: backend.maxServers ?? DEFAULTS.Backend.maxServers,
        answerSeconds: args.answerSeconds ?? byDefault.answerSeconds,
        readAnswerSeconds: args.readAnswerSeconds ?? byDefault.readAnswerSeconds,
        idempotencyHeader: args.idempotencyHeader ?? byDefault.idempotencyHeader,
      }),
    );
    const serviceAccount = new k8s.core.v1.ServiceAccount(
      name,
      { metadata: metadata(name), automountServiceAccountToken: false },
      own,
    );
    const configMap = readAtStart(`${name}-config`, { namespace, labels: allLabels(labels), data }, own);
    const policy = new k8s.networking.v1.NetworkPolicy(
      name,
      networkPolicy(metadata(name), labels, {
        ingress: [
          { from: "anywhere", ports: [CLIENT_PORT] },
          ...(args.scrapedBy ?? []).map((from) => ({ from, ports: [METRICS_PORT] })),
        ],
        egress: [backend.endpoint],
        outside: args.outside,
      }),
      own,
    );

    new k8s.apps.v1.DaemonSet(
      name,
      transformed(args.transform?.daemonSet, {
        metadata: metadata(name),
        spec: {
          selector: { matchLabels: labels },
          updateStrategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
          minReadySeconds: 5,
          revisionHistoryLimit: 3,
          template: {
            metadata: { labels: allLabels(labels) },
            spec: balancerPodSpec(args.entryLabels ?? byDefault.entryLabels, args.resources ?? byDefault.resources, {
              serviceAccount: serviceAccount.metadata.name,
              configMap,
            }),
          },
        },
      }),
      { ...own, dependsOn: [policy] },
    );

    new k8s.policy.v1.PodDisruptionBudget(
      name,
      {
        metadata: metadata(name),
        // A number of pods to keep: for a DaemonSet the API server can't compute a share or a number to lose.
        spec: { selector: { matchLabels: labels }, minAvailable: 1, unhealthyPodEvictionPolicy: "AlwaysAllow" },
      },
      own,
    );

    const nodePort = args.nodePort ?? byDefault.nodePort;
    const service = new k8s.core.v1.Service(
      name,
      transformed(args.transform?.service, {
        metadata: metadata(name),
        spec: {
          type: "NodePort",
          selector: labels,
          // Only a node that runs a balancer answers: nothing is sent on to a node that may be dead, and clients keep
          // their address.
          externalTrafficPolicy: "Local",
          ports: [{ name: "http", port: 80, targetPort: "http", nodePort, protocol: "TCP" }],
        },
      }),
      own,
    );

    this.nodePort = service.spec.ports[0]!.nodePort;
    this.registerOutputs({ nodePort: this.nodePort });
  }
}
