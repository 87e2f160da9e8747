import * as pulumi from "@pulumi/pulumi";
import { readAtStart } from "../common/content";
import { allLabels } from "../common/labels";
import type { Peer } from "../common/network";
import type { Observability } from "../common/observability";
import { owned } from "../common/ownership";
import { createAccount, createBudget, createPolicy } from "../common/workload";
import { balancerEdges } from "./access";
import type { LoadBalancerArgs } from "./args";
import { haproxySettings } from "./completed";
import { haproxyFiles } from "./haproxy-config";
import { declareIssuer } from "./issuer";
import { issuedSecret, loadBalancerLabels } from "./names";
import { answersOf, balancerObservability, serviceAnswersOf } from "./observability";
import { createBalancers } from "./pods/balancer";
import { routing } from "./routes";
import { createEntry, serviceNames } from "./services";
import { tlsOf } from "./tls";

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
  /** The same for each service behind it, by the name label of its pods, where `routes` lead to several. */
  readonly serviceAnswers: Record<string, { total: string; bad: string }>;
  /**
   * Secret with the certificate that `tls.acme` or `tls.authority` has got; its key `ca.crt` is the authority's own
   * certificate, which browsers have to trust. Undefined where certificates are supplied.
   */
  readonly certificateSecret: string | undefined;
  /** Port on every entry node. */
  readonly nodePort: pulumi.Output<number>;

  constructor(name: string, args: LoadBalancerArgs, opts?: pulumi.ComponentResourceOptions) {
    super("holdfast:index:LoadBalancer", name, {}, owned(opts));
    const { namespace } = args;
    const routes = routing(args);
    const { services } = routes;
    const tls = tlsOf(name, args, routes.matched);
    const labels = loadBalancerLabels(name);
    const of = { name, namespace, labels };
    const data = pulumi
      .all(services.map(({ backend }) => serviceNames(backend)))
      .apply((names) => haproxyFiles(haproxySettings(args, routes, names, tls)));

    if (tls?.issue) declareIssuer(of, tls.issue, this);
    const account = createAccount(of, this);
    const config = readAtStart(`${name}-config`, { namespace, labels: allLabels(labels), data }, { parent: this });
    const policy = createPolicy(of, balancerEdges(args, services), this);
    createBalancers(of, args, { account, config, tls }, { parent: this, dependsOn: [policy] });
    createBudget(of, this, { minAvailable: 1 });
    const entry = createEntry(of, args, tls, this);

    this.peer = { namespace, labels };
    this.observability = balancerObservability(of, services, tls !== undefined);
    this.answers = answersOf(name);
    this.serviceAnswers = serviceAnswersOf(name, services);
    this.certificateSecret = tls?.issue && issuedSecret(name);
    this.nodePort = entry.spec.ports[0]!.nodePort;
    this.registerOutputs({ nodePort: this.nodePort });
  }
}
