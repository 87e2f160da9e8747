import * as pulumi from "@pulumi/pulumi";
import type { Peer } from "../common/network";
import type { Observability } from "../common/observability";
import { owned } from "../common/ownership";
import { LoadBalancer } from "../load-balancer/load-balancer";
import { loadBalancerLabels } from "../load-balancer/names";
import { Monitoring } from "../monitoring/monitoring";
import { PROMETHEUS_LABELS } from "../monitoring/names";
import type { Postgres } from "../postgres/postgres";
import type { Redis } from "../redis/redis";
import { scheduledJobLabels } from "../scheduled-job/names";
import { ScheduledJob } from "../scheduled-job/scheduled-job";
import { migrationLabels, webServiceLabels } from "../web-service/names";
import { WebService } from "../web-service/web-service";
import { workerLabels } from "../worker/names";
import { Worker } from "../worker/worker";
import type { AppArgs, AppService } from "./args";
import { appSettings } from "./completed";
import { createData } from "./data";
import { imageOf } from "./image";
import { PARTS, partName } from "./names";
import { objectives } from "./observability";
import { probedAs, programOf, releaseOf } from "./pods";
import { routesOf } from "./routes";
import { createSecrets } from "./secrets";

/**
 * A whole application on the other components: one image that answers requests, works, and runs at its times, with its
 * database, cache, queue, entry and monitoring. Each part of it can be used alone; this one wires them.
 *
 * A new version comes in this order: release, web, then workers and jobs.
 */
export class App extends pulumi.ComponentResource {
  /** What answers requests. */
  readonly web: WebService;
  /** Further web services, by name. */
  readonly services: Record<string, WebService>;
  /** What works without being asked, by name. */
  readonly workers: Record<string, Worker>;
  /** What runs at its times, by name. */
  readonly jobs: Record<string, ScheduledJob>;
  /** The database, if there is one. */
  readonly postgres?: Postgres;
  /** The cache, if there is one. */
  readonly redis?: Redis;
  /** The queue, if there is one. */
  readonly queue?: Redis;
  /** The entry, if there are hosts. */
  readonly balancer?: LoadBalancer;
  /** The monitoring, unless there is to be none. */
  readonly monitoring?: Monitoring;
  /** What Prometheus should scrape, alert on and show, of all parts. */
  readonly observability: Observability[];

  constructor(name: string, args: AppArgs, opts?: pulumi.ComponentResourceOptions) {
    super("holdfast:index:App", name, {}, owned(opts));
    const { namespace } = args;
    const settings = appSettings(name, args);
    const child = { parent: this };
    const part = (of: string) => partName(name, of);
    const peer = (labels: Peer["labels"]): Peer => ({ namespace, labels });
    const scrapedBy = settings.monitoring === false ? [] : [peer(PROMETHEUS_LABELS)];
    const clients = [
      webServiceLabels(part(PARTS.web)),
      ...Object.keys(settings.services).map((service) => webServiceLabels(part(service))),
      ...Object.keys(settings.workers).map((worker) => workerLabels(part(worker))),
      ...Object.keys(settings.jobs).map((job) => scheduledJobLabels(part(job))),
    ].map(peer);
    const release = settings.release ? [peer(migrationLabels(part(PARTS.web)))] : [];

    const data = createData(name, args, settings, { clients, release, scrapedBy }, this);
    const secrets = createSecrets(name, namespace, settings, this);
    const given = { image: imageOf(name, args.image, this), scrapedBy, settings, data, secrets };

    const answering = ({ host, hosts = settings.hosts, paths: _, env, ...own }: AppService) => ({
      ...probedAs(host ?? hosts?.[0]),
      ...own,
      ...programOf(args, given, env, own),
      ...(settings.hosts && { clients: [peer(loadBalancerLabels(part(PARTS.balancer)))] }),
    });
    const migration = releaseOf(settings, data);
    this.web = new WebService(
      part(PARTS.web),
      {
        ...answering(settings.web),
        ...(migration && { migration }),
        ...(settings.load && { load: settings.load }),
        ...(settings.slo && { slo: settings.slo }),
      },
      child,
    );
    // After the web pods, which are behind the release: one part rolls over after the other.
    const later = { ...child, dependsOn: [this.web] };
    this.services = mapped(settings.services, (name, one) => new WebService(part(name), answering(one), later));
    this.workers = mapped(
      settings.workers,
      (worker, { env, ...own }) => new Worker(part(worker), { ...own, ...programOf(args, given, env, own) }, later),
    );
    this.jobs = mapped(
      settings.jobs,
      (job, { env, ...own }) => new ScheduledJob(part(job), { ...own, ...programOf(args, given, env, own) }, later),
    );
    const leading = routesOf(
      settings,
      this.web.backend,
      mapped(this.services, (_, { backend }) => backend),
    );
    const balancer =
      settings.hosts &&
      new LoadBalancer(part(PARTS.balancer), { ...settings.balancer, ...leading, namespace, scrapedBy }, child);
    const programs = [
      this.web,
      ...Object.values(this.services),
      ...Object.values(this.workers),
      ...Object.values(this.jobs),
    ];
    const parts = [balancer, ...programs, data.postgres, data.redis, data.queue];
    this.observability = parts.flatMap((one) => one?.observability ?? []);
    const { monitoring } = settings;
    if (monitoring !== false) {
      const slos = [...objectives(name, settings, balancer), ...(monitoring.slos ?? [])];
      const watching = { ...monitoring, namespace, observe: this.observability, slos };
      this.monitoring = new Monitoring(part(PARTS.monitoring), watching, child);
    }
    if (balancer) this.balancer = balancer;
    if (data.postgres) this.postgres = data.postgres;
    if (data.redis) this.redis = data.redis;
    if (data.queue) this.queue = data.queue;
    this.registerOutputs({ address: this.web.address });
  }
}

const mapped = <From, To>(all: Record<string, From>, make: (name: string, one: From) => To): Record<string, To> =>
  Object.fromEntries(Object.entries(all).map(([name, one]) => [name, make(name, one)]));
