import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { App, RESTRICTED_NAMESPACE_LABELS } from "holdfast";

const config = new pulumi.Config();
const provider = new k8s.Provider("kubernetes", { context: config.require("context") });
const metadata = { name: "django-shop", labels: RESTRICTED_NAMESPACE_LABELS };
const space = new k8s.core.v1.Namespace("namespace", { metadata }, { provider });
const host = config.require("host");

const shop = new App(
  "shop",
  {
    namespace: space.metadata.name,
    // Built from the Dockerfile and pushed where no image is named.
    image: config.get("image") || { build: "app", registry: "localhost:5001" },
    env: { ALLOWED_HOSTS: host },
    secrets: { SECRET_KEY: config.requireSecret("secretKey") },
    postgres: { image: config.require("postgresImage"), as: { DATABASE_URL: "url", DATABASE_READ_URL: "readUrl" } },
    redis: { as: { CACHE_URL: "url" } },
    queue: { as: { CELERY_BROKER_URL: "url" } },
    release: ["python", "manage.py", "migrate", "--noinput"],
    web: { command: ["gunicorn", "shop.wsgi"], metrics: false, drainSeconds: 30 },
    workers: { celery: { command: ["celery", "-A", "shop", "worker", "-B"] } },
    jobs: { report: { command: ["python", "manage.py", "report"], schedule: "15 3 * * *" } },
    hosts: [host],
    balancer: { nodePort: config.requireNumber("nodePort") },
    load: { rate: 20, peakRate: 60, serviceTimeMs: 20, cpuTimeMs: 10 },
    slo: { percentile: 99, latencyMs: 500 },
    resources: { requests: { cpu: "100m", memory: "192Mi" }, limits: { cpu: "1", memory: "384Mi" } },
  },
  { provider },
);

/** Where callers inside the cluster find it. */
export const address = shop.web.address;
