import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { Redis, RESTRICTED_NAMESPACE_LABELS, WebService, webServiceLabels } from "holdfast";

const config = new pulumi.Config();
const provider = new k8s.Provider("kubernetes", { context: config.require("context") });
const space = new k8s.core.v1.Namespace(
  "namespace",
  { metadata: { name: "redis-and-web", labels: RESTRICTED_NAMESPACE_LABELS } },
  { provider },
);
const namespace = space.metadata.name;

const redis = new Redis(
  "redis",
  {
    namespace,
    maxmemory: 64,
    clients: [{ namespace, labels: webServiceLabels("web") }],
  },
  { provider },
);

const web = new WebService(
  "web",
  {
    namespace,
    image: config.require("image"),
    // In place of a program of yours: it says yes to everything. Leave this line out where the image has one.
    command: [
      "node",
      "-e",
      "process.on('SIGTERM', () => process.exit()); require('http').createServer((_, answer) => " +
        "answer.end('hello')).listen(8000)",
    ],
    // Requests per second, what one costs, and what is promised: the autoscaler's bounds follow, and a policy holds
    // them to it.
    load: { rate: 20, peakRate: 60, serviceTimeMs: 10, cpuTimeMs: 5 },
    slo: { percentile: 99, latencyMs: 200 },
    resources: { requests: { cpu: "100m", memory: "64Mi" }, limits: { cpu: "500m", memory: "128Mi" } },
    config: {
      REDIS_SENTINELS: redis.sentinels,
      REDIS_MASTER_NAME: redis.primaryName,
      REDIS_PASSWORD_FILE: "/run/secrets/redis/password",
    },
    secretMounts: [{ name: "redis", secretName: redis.authSecretName, mountPath: "/run/secrets/redis" }],
    uses: redis.endpoints,
  },
  { provider },
);

/**
 * Where callers inside the cluster find the service; name them in its `clients`, or the network policy keeps them out.
 */
export const address = web.address;
