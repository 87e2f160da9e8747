import * as pulumi from "@pulumi/pulumi";
import { LEAST_SERVERS, type Backend } from "../common/backend";
import { readAtStart } from "../common/content";
import { allLabels } from "../common/labels";
import type { Endpoint } from "../common/network";
import type { Observability } from "../common/observability";
import { owned } from "../common/ownership";
import { probeHeaders } from "../common/probe-headers";
import { createAccount, createBudget, createPolicy, type Workload } from "../common/workload";
import { migrationEdges, webEdges } from "./access";
import type { WebServiceArgs } from "./args";
import { webSettings } from "./completed";
import { migrationLabels, webServiceLabels } from "./names";
import { webObservability } from "./observability";
import { createMigration, migrationSettings } from "./pods/migration";
import { createDeployment } from "./pods/serving";
import { createAutoscaler } from "./scaling";
import { createServices } from "./services";

/**
 * A replicated HTTP service: Deployment with rolling updates that lose no request, autoscaler, disruption budget,
 * Services for callers and for balancers, configuration and network policy.
 */
export class WebService extends pulumi.ComponentResource {
  /** Whom to allow when something else calls it. */
  readonly endpoint: Endpoint;
  /** What Prometheus should scrape, alert on and show. */
  readonly observability: Observability;
  /** Address for callers inside the cluster, `name.namespace:port`. */
  readonly address: pulumi.Output<string>;
  /** Name of the headless Service whose SRV records list the ready pods. */
  readonly discoveryService: pulumi.Output<string>;
  /** What a `LoadBalancer` in front of it has to know: where its pods are listed, and how they are checked. */
  readonly backend: Backend;

  constructor(name: string, args: WebServiceArgs, opts?: pulumi.ComponentResourceOptions) {
    super("holdfast:index:WebService", name, {}, owned(opts));
    const { namespace, migration } = args;
    const settings = webSettings(args);
    const { port, mostPods } = settings;
    const labels = webServiceLabels(name);
    const of: Workload = { name, namespace, labels };
    const config = (child: string, data: NonNullable<WebServiceArgs["config"]>) =>
      readAtStart(child, { namespace, labels: allLabels(labels), data }, { parent: this });

    const parts = { account: createAccount(of, this), config: config(`${name}-config`, args.config ?? {}) };
    const first: pulumi.Resource[] = [createPolicy(of, webEdges(args, settings), this)];
    if (migration) {
      const read = migrationSettings(name, args);
      const own = read ? { ...parts, config: config(`${name}-migrate-config`, read) } : parts;
      const job: Workload = { name: `${name}-migrate`, namespace, labels: migrationLabels(name) };
      const policy = createPolicy(job, migrationEdges(migration), this);
      first.push(policy, createMigration(job, settings, migration, own, policy, this));
    }
    const deployment = createDeployment(of, settings, parts, first, this);
    createAutoscaler(of, settings, deployment, this);
    createBudget(of, this);
    const services = createServices(of, settings, args.transform, this);

    this.endpoint = { namespace, labels, ports: [port] };
    this.observability = webObservability(of, settings);
    this.address = pulumi.interpolate`${services.callers.metadata.name}.${namespace}:${port}`;
    this.discoveryService = services.ready.metadata.name;
    this.backend = {
      endpoint: this.endpoint,
      service: this.discoveryService,
      reserve: services.every.metadata.name,
      protocol: settings.protocol,
      checkPath: settings.readyPath,
      checkHeaders: probeHeaders(name, args.probeHeaders),
      // A rollout of all pods at once, and those that are on their way out.
      maxServers: Math.max(LEAST_SERVERS, 2 * mostPods),
    };
    this.registerOutputs({ address: this.address, discoveryService: this.discoveryService });
  }
}
