import * as pulumi from "@pulumi/pulumi";
import * as docker from "@pulumi/docker";
import * as k8s from "@pulumi/kubernetes";
import { selectorLabels, allLabels } from "./components/common/labels";
import { namesItsOwner, ownsItsFields } from "./components/common/ownership";
import { reservesPercent } from "./components/common/reservation";
import { RESTRICTED_NAMESPACE_LABELS } from "./components/common/security";
import { LoadBalancer } from "./components/load-balancer/load-balancer";
import { loadBalancerLabels } from "./components/load-balancer/names";
import { Monitoring } from "./components/monitoring/monitoring";
import { PROMETHEUS_LABELS } from "./components/monitoring/names";
import { Postgres } from "./components/postgres/postgres";
import { DEFAULTS } from "./components/postgres/settings";
import { Redis } from "./components/redis/redis";
import { migrationLabels, webServiceLabels } from "./components/web-service/names";
import { WebService } from "./components/web-service/web-service";
import type { Settings } from "./config/settings";
import { buildFolder, type OWN_IMAGES } from "./images/build-context";

/**
 * Seconds that an order may take, with a failover of the database: the shop's own deadline. All other deadlines are
 * longer.
 */
const ORDER_DEADLINE_SECONDS = 25;

/** Port that the shop listens on. */
const SHOP_PORT = 8000;

/** Share of requests that must not fail over 30 days: 99.9 % leaves 43 minutes. */
const AVAILABILITY_OBJECTIVE = 0.999;

/** What `pulumi stack output` shows. */
export interface StackOutputs {
  /** Where a browser reaches the shop. */
  url: string;
  namespace: pulumi.Output<string>;
  /** Context of the kubeconfig that was deployed to. */
  context: string;
}

/** One of our own images: the configured one, or one that is built here and pushed, by its digest. */
function ownImage(name: keyof typeof OWN_IMAGES, named: string | undefined, settings: Settings): pulumi.Input<string> {
  if (named !== undefined) return named;
  const context = buildFolder(name);
  const image = new docker.Image(name, {
    imageName: `${settings.registry}/${name}:${settings.environment}`,
    build: { context, dockerfile: `${context}/Dockerfile` },
  });
  return image.repoDigest;
}

/**
 * Declares the whole stack: provider, namespace, images and components, connected to each other.
 *
 * @param cluster identity of the cluster; undefined where the cluster does not answer: the state then keeps the old one
 */
export function declareStack(settings: Settings, cluster?: string): StackOutputs {
  const provider = new k8s.Provider(
    "kubernetes",
    {
      context: settings.kubeContext,
      // Only another identity replaces the provider. Another address, path, user or context of the same cluster does
      // not.
      clusterIdentifier: cluster,
      // Explicitly undefined: otherwise the SDK puts the path in KUBECONFIG, which is this machine's, into the state.
      kubeconfig: pulumi.output<any>(undefined),
    },
    { ignoreChanges: cluster === undefined ? ["clusterIdentifier"] : [] },
  );
  const opts = {
    provider,
    transformations: [namesItsOwner, ownsItsFields, reservesPercent(settings.cpuRequestPercent)],
  };

  const space = new k8s.core.v1.Namespace(
    "namespace",
    {
      metadata: {
        name: settings.namespace,
        labels: { ...allLabels(selectorLabels(settings.namespace, "namespace")), ...RESTRICTED_NAMESPACE_LABELS },
      },
    },
    opts,
  );
  const namespace = space.metadata.name;
  const peer = (labels: Record<string, string>) => ({ namespace, labels });

  const web = peer(webServiceLabels("web-app"));
  const migrator = peer(migrationLabels("web-app"));
  const entry = peer(loadBalancerLabels("load-balancer"));
  const prometheus = peer(PROMETHEUS_LABELS);

  const webImage = ownImage("web-app", settings.images.webApp, settings);
  const postgresImage = ownImage("postgres", settings.images.postgres, settings);

  const pool = {
    poolSize: settings.postgres.poolSize,
    // While one pooler pod is lost, every web pod and two more of a rollout open all their connections to the other
    // one.
    maxClientConnections: Math.max(
      DEFAULTS.PoolerArgs.maxClientConnections,
      settings.web.poolSize * (settings.web.maxReplicas + 2),
    ),
  };
  const postgres = new Postgres(
    "postgres",
    {
      namespace,
      image: postgresImage,
      replicas: settings.postgres.replicas,
      durability: settings.postgres.durability,
      database: "online_shop",
      storage: { size: settings.postgres.storage },
      maxConnections: settings.postgres.maxConnections,
      pooler: pool,
      // A migration writes, so it gets no access to the standbys.
      readPooler: { ...pool, clients: [web] },
      // With fewer nodes than members, such as one node on a laptop, members have to share a node.
      antiAffinity: settings.postgres.replicas <= settings.cluster.nodes ? "required" : "preferred",
      parameters: { work_mem: settings.postgres.workMem },
      failover: settings.postgres.failover,
      passwordGeneration: settings.passwordGeneration,
      clients: [web, migrator],
      scrapedBy: [prometheus],
    },
    opts,
  );

  const redis = new Redis(
    "redis",
    {
      namespace,
      replicas: settings.redis.replicas,
      maxmemory: settings.redis.maxMemoryMi,
      storage: { size: settings.redis.storage },
      passwordGeneration: settings.passwordGeneration,
      clients: [web],
      scrapedBy: [prometheus],
    },
    opts,
  );

  const uses = [...postgres.endpoints, ...redis.endpoints];
  const shop = new WebService(
    "web-app",
    {
      namespace,
      image: webImage,
      port: SHOP_PORT,
      replicas: {
        min: settings.web.minReplicas,
        max: settings.web.maxReplicas,
        targetCpuPercent: settings.web.targetCpuPercent,
      },
      resources: settings.web.resources,
      load: settings.web.load,
      slo: settings.web.slo,
      topology: settings.web.topology,
      config: {
        PORT: String(SHOP_PORT),
        LOG_LEVEL: "info",
        DB_NAME: postgres.database,
        DB_USER: postgres.appUser,
        DB_WRITE_HOSTS: postgres.writeHosts,
        DB_READ_HOSTS: postgres.readHosts,
        DB_POOL_MAX: String(settings.web.poolSize),
        DB_PASSWORD_FILE: "/run/secrets/postgres/password",
        REDIS_SENTINELS: redis.sentinels,
        REDIS_MASTER_NAME: redis.primaryName,
        REDIS_PASSWORD_FILE: "/run/secrets/redis/password",
        WRITE_DEADLINE_MS: String(1000 * ORDER_DEADLINE_SECONDS),
        CACHE_TTL_SECONDS: String(settings.cacheTtlSeconds),
      },
      secretMounts: [
        { name: "postgres", secretName: postgres.appSecretName, mountPath: "/run/secrets/postgres" },
        { name: "redis", secretName: redis.authSecretName, mountPath: "/run/secrets/redis" },
      ],
      migration: {
        command: ["node", "dist/migrate.js"],
        reads: ["LOG_LEVEL", "DB_NAME", "DB_WRITE_HOSTS"],
        env: {
          DB_OWNER_USER: postgres.ownerUser,
          DB_OWNER_PASSWORD_FILE: "/run/secrets/postgres-owner/owner-password",
        },
        secretMounts: [
          { name: "postgres-owner", secretName: postgres.ownerSecretName, mountPath: "/run/secrets/postgres-owner" },
        ],
        uses: [postgres.write.endpoint],
      },
      panels: [
        {
          title: "Event-loop lag, 99th percentile",
          unit: "s",
          queries: [['nodejs_eventloop_lag_p99_seconds{job="web-app"}', "{{pod}}"]],
        },
      ],
      // The shop reports "not ready" for 3 s, finishes its last order, and then closes within 3 s.
      drainSeconds: ORDER_DEADLINE_SECONDS + 7,
      clients: [entry],
      scrapedBy: [prometheus],
      uses,
    },
    opts,
  );

  const balancer = new LoadBalancer(
    "load-balancer",
    {
      namespace,
      backend: shop.backend,
      algorithm: settings.loadBalancer.algorithm,
      clientAddress: settings.loadBalancer.clientAddress,
      entryLabels: settings.loadBalancer.entryLabels,
      nodePort: settings.loadBalancer.nodePort,
      answerSeconds: ORDER_DEADLINE_SECONDS + 5,
      scrapedBy: [prometheus],
    },
    opts,
  );

  new Monitoring(
    "monitoring",
    {
      namespace,
      observe: [balancer, shop, postgres, redis].map(({ observability }) => observability),
      slos: [{ name: "shop-availability", objective: AVAILABILITY_OBJECTIVE, ...balancer.answers }],
      prometheusReplicas: settings.monitoring.prometheusReplicas,
      storage: { size: settings.monitoring.prometheusStorage },
      alertmanagerReplicas: settings.monitoring.alertmanagerReplicas,
      scrapeIntervalSeconds: settings.monitoring.scrapeIntervalSeconds,
      webhook: settings.monitoring.webhook,
    },
    opts,
  );

  return { url: settings.url, namespace, context: settings.kubeContext };
}
