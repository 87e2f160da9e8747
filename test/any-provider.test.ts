import * as k8s from "@pulumi/kubernetes";
import { beforeAll, describe, expect, test } from "vitest";
import { LoadBalancer } from "../components/load-balancer/load-balancer";
import { Monitoring } from "../components/monitoring/monitoring";
import { Postgres } from "../components/postgres/postgres";
import { Redis } from "../components/redis/redis";
import { WebService } from "../components/web-service/web-service";
import { registeredBy, type RegisteredResource } from "../graph/registered";
import { deletedFirst, rolled } from "./support/cascade";

/** Arguments that a test changes, by component. */
interface Change {
  web?: object;
  balancer?: object;
  postgres?: object;
  redis?: object;
  monitoring?: object;
}

/**
 * A user's program with every component, and with the user's own Deployment, which has passwords in its environment.
 */
const program = ({
  web = {},
  balancer = {},
  postgres = {},
  redis = {},
  monitoring = {},
}: Change = {}): Promise<RegisteredResource[]> =>
  registeredBy(() => {
    const namespace = "shop";
    const opts = { provider: new k8s.Provider("cluster", {}) };
    const database = new Postgres("postgres", { namespace, image: "registry.example/postgres:1", ...postgres }, opts);
    const cache = new Redis("redis", { namespace, clients: [], ...redis }, opts);
    const shop = new WebService(
      "web",
      {
        namespace,
        image: "registry.example/web:1",
        replicas: 2,
        config: { DB_WRITE_HOSTS: database.writeHosts, GREETING: "hello" },
        secretMounts: [
          { name: "postgres", secretName: database.appSecretName, mountPath: "/run/secrets/postgres" },
          { name: "redis", secretName: cache.authSecretName, mountPath: "/run/secrets/redis" },
        ],
        ...web,
      },
      opts,
    );
    new LoadBalancer(
      "balancer",
      { namespace, backend: { endpoint: shop.endpoint, service: shop.discoveryService }, ...balancer },
      opts,
    );
    new Monitoring(
      "monitoring",
      { namespace, observe: [shop.observability, database.observability, cache.observability], ...monitoring },
      opts,
    );
    const labels = { app: "worker" };
    const env = [
      { name: "REDIS_PASSWORD", valueFrom: { secretKeyRef: { name: cache.authSecretName, key: "password" } } },
      { name: "DATABASE_URL", value: database.write.url },
      { name: "PGPASSWORD", valueFrom: { secretKeyRef: { name: database.appSecretName, key: "password" } } },
      { name: "PRIMARY_URL", valueFrom: { secretKeyRef: { name: database.app.secretName, key: "url" } } },
      { name: "CELERY_URL", valueFrom: { secretKeyRef: { name: cache.connectionSecretName, key: "sentinel-url" } } },
    ];
    new k8s.apps.v1.Deployment(
      "worker",
      {
        metadata: { name: "worker", namespace },
        spec: {
          selector: { matchLabels: labels },
          template: {
            metadata: { labels },
            spec: { containers: [{ name: "worker", image: "registry.example/worker:1", env }] },
          },
        },
      },
      opts,
    );
  });

describe("with a provider that can change no ConfigMap and no Secret", () => {
  let before: RegisteredResource[];
  beforeAll(async () => {
    before = await program();
  });

  // Prometheus rolls over too where an alert depends on the changed argument.
  test.each<[string, Change, string[]]>([
    ["a web service's setting", { web: { config: { GREETING: "good day" } } }, ["web"]],
    ["a balancer's algorithm", { balancer: { algorithm: "roundrobin" } }, ["balancer"]],
    ["a balancer's deadline", { balancer: { answerSeconds: 40 } }, ["balancer"]],
    ["a database's parameter", { postgres: { parameters: { work_mem: "16MB" } } }, []],
    ["a database's connections", { postgres: { maxConnections: 120 } }, ["prometheus"]],
    ["a database's failover", { postgres: { failover: { loopWait: 2 } } }, []],
    ["what is kept of backups", { postgres: { backup: { retainFull: 3 } } }, ["postgres", "postgres-backup"]],
    ["a pooler's size", { postgres: { pooler: { poolSize: 10 } } }, ["postgres-pooler"]],
    ["a pooler's pods", { postgres: { readPooler: { replicas: 3, poolSize: 10 } } }, ["postgres-pooler-ro", "worker"]],
    ["a database's passwords", { postgres: { passwordGeneration: 2 } }, ["web", "worker"]],
    ["a cache's memory", { redis: { maxmemory: 128 } }, ["redis"]],
    ["a cache's eviction", { redis: { evictionPolicy: "noeviction" } }, ["prometheus", "redis"]],
    ["a cache's password", { redis: { passwordGeneration: 2 } }, ["web", "worker"]],
    ["the scrape interval", { monitoring: { scrapeIntervalSeconds: 30 } }, ["prometheus"]],
    ["where alerts go", { monitoring: { webhook: "https://hooks.example.com/1" } }, ["alertmanager"]],
  ])("%s deletes no workload, and rolls those whose pods read it at their start", async (_what, change, pods) => {
    const after = await program(change);
    expect(deletedFirst(before, after)).toEqual([]);
    expect(rolled(before, after)).toEqual(pods);
    expect(JSON.stringify(after.map(({ props }) => props))).not.toBe(JSON.stringify(before.map(({ props }) => props)));
  });

  test("a ConfigMap of a fixed name that a Deployment was computed from would take it along", async () => {
    const named = (text: string) =>
      registeredBy(() => {
        const config = new k8s.core.v1.ConfigMap("c", { metadata: { name: "c" }, data: { text } });
        new k8s.apps.v1.Deployment("d", {
          metadata: { name: "d" },
          spec: {
            selector: {},
            template: {
              spec: { containers: [{ name: "d", envFrom: [{ configMapRef: { name: config.metadata.name } }] }] },
            },
          },
        });
      });
    const first = await named("one");
    expect(deletedFirst(first, await named("two"))).toEqual(["Deployment d"]);
    expect(deletedFirst(first, await named("one"))).toEqual([]);
  });
});
