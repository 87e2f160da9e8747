import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { Redis, RESTRICTED_NAMESPACE_LABELS, WebService, webServiceLabels } from "holdfast";

const config = new pulumi.Config();
const provider = new k8s.Provider("kubernetes", { context: config.require("context") });

const [catalogue, checkout] = ["catalogue", "checkout"].map((name) => ({
  name,
  namespace: new k8s.core.v1.Namespace(name, { metadata: { name, labels: RESTRICTED_NAMESPACE_LABELS } }, { provider })
    .metadata.name,
})) as [Team, Team];

interface Team {
  name: string;
  namespace: pulumi.Output<string>;
}

const redis = new Redis(
  "redis",
  {
    namespace: catalogue.namespace,
    maxmemory: 64,
    clients: [catalogue, checkout].map(({ name, namespace }) => ({ namespace, labels: webServiceLabels(name) })),
  },
  { provider },
);

// A Secret cannot be mounted across namespaces, so the second one gets its own with the same password. It states no
// name: Pulumi makes one up for each password, and the service rolls over to it. With a stated name both would be
// deleted first.
const password = new k8s.core.v1.Secret(
  "redis-auth",
  {
    metadata: { namespace: checkout.namespace },
    immutable: true,
    stringData: { password: redis.password },
  },
  { provider },
);

function service({ name, namespace }: Team, secretName: pulumi.Output<string>): WebService {
  return new WebService(
    name,
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
      replicas: 2,
      resources: { requests: { cpu: "50m", memory: "64Mi" }, limits: { cpu: "500m", memory: "128Mi" } },
      config: {
        REDIS_SENTINELS: redis.sentinels,
        REDIS_MASTER_NAME: redis.primaryName,
        REDIS_PASSWORD_FILE: "/run/secrets/redis/password",
      },
      secretMounts: [{ name: "redis", secretName, mountPath: "/run/secrets/redis" }],
      uses: redis.endpoints,
    },
    { provider },
  );
}

export const addresses = [service(catalogue, redis.authSecretName), service(checkout, password.metadata.name)].map(
  ({ address }) => address,
);
