import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { beforeAll, describe, expect, test } from "vitest";
import { RULES } from "../../commands/policy/rules";
import { registeredBy, type RegisteredResource } from "../../graph/registered";
import { kindOf } from "../../graph/workloads";
import { evaluate } from "../../policy/engine/evaluate";
import { deletedFirst, rolled } from "../../test/support/cascade";
import { RESTRICTED_NAMESPACE_LABELS } from "../common/security";
import { App } from "./app";
import type { AppArgs } from "./args";

const image = `registry.example/django@sha256:${"a".repeat(64)}`;

/** What a start-up with a Django site has: pages, Celery, a nightly report, PostgreSQL, a cache and a queue. */
const django: Omit<AppArgs, "namespace"> = {
  image,
  env: { DJANGO_SETTINGS_MODULE: "site.settings" },
  secrets: { SECRET_KEY: pulumi.secret("s3cret"), GCP_KEY: { file: "/run/secrets/gcp/key.json", value: "{}" } },
  postgres: { image, as: { DATABASE_URL: "url", DB_HOST: "hosts", DB_USER: "user", REPLICA_URL: "readUrl" } },
  redis: { as: { CACHE_URL: "url" } },
  queue: { as: { CELERY_BROKER_URL: "url" } },
  release: ["python", "manage.py", "migrate", "--noinput"],
  web: { command: ["gunicorn", "site.wsgi"], port: 8000, livePath: "/live", readyPath: "/ready", metrics: false },
  workers: { celery: { command: ["celery", "-A", "site", "worker"], env: { CONCURRENCY: "4" } } },
  jobs: { report: { command: ["python", "manage.py", "report"], schedule: "15 3 * * *" } },
  hosts: ["site.example"],
  outside: [{ host: "api.pay.example", port: 443, why: "payments" }],
  load: { rate: 20, peakRate: 60, serviceTimeMs: 20 },
  slo: { percentile: 99, latencyMs: 300 },
};

/** The program of a user: provider, namespace, and the app. */
const program = (args: Partial<AppArgs> = {}, without: (keyof AppArgs)[] = []): Promise<RegisteredResource[]> =>
  registeredBy(() => {
    const provider = new k8s.Provider("cluster", {});
    const metadata = { name: "site", labels: { ...RESTRICTED_NAMESPACE_LABELS, "app.kubernetes.io/name": "site" } };
    const space = new k8s.core.v1.Namespace("namespace", { metadata }, { provider });
    const all = { namespace: space.metadata.name, ...django, ...args };
    for (const key of without) delete all[key];
    new App("site", all, { provider });
  });

const one = (graph: RegisteredResource[], kind: string, name: string) => {
  const found = graph.find((resource) => kindOf(resource) === kind && resource.name === name);
  if (!found) throw new Error(`no ${kind} ${name}: ${graph.filter((r) => kindOf(r) === kind).map((r) => r.name)}`);
  return found.props;
};
const templateOf = (props: any) => (props.spec.jobTemplate?.spec ?? props.spec).template;
const envOf = (props: any): any[] => templateOf(props).spec.containers[0].env;

const PROGRAMS: [kind: string, name: string][] = [
  ["Deployment", "site-web"],
  ["Deployment", "site-celery"],
  ["CronJob", "site-report"],
  ["Job", "site-web-migrate"],
];

describe("a Django site", () => {
  let graph: RegisteredResource[];
  beforeAll(async () => {
    graph = await program();
  });

  test("breaks no policy in prod and leaves none undecided", () => {
    const found = evaluate(RULES, graph, { environment: "prod" });
    expect(found.map(({ rule, resource, message }) => `${rule.id}: ${resource.name}: ${message}`)).toEqual([]);
  });

  test.each(PROGRAMS)("%s %s has the app's image, variables and secrets", (kind, name) => {
    const template = templateOf(one(graph, kind, name));
    const [container] = template.spec.containers;
    expect(container.image).toBe(image);
    const settings = graph.find(({ props }) => props.metadata?.name === container.envFrom[0].configMapRef.name)!.props
      .data;
    expect(settings).toMatchObject({ DJANGO_SETTINGS_MODULE: "site.settings", GCP_KEY: "/run/secrets/gcp/key.json" });
    const named = ["SECRET_KEY", "DATABASE_URL", "DB_HOST", "DB_USER", "REPLICA_URL", "CACHE_URL", "CELERY_BROKER_URL"];
    expect(JSON.parse(template.metadata.annotations["holdfast.dev/secret-env"])).toEqual(named);
    expect(container.volumeMounts.map(({ mountPath }: any) => mountPath)).toEqual(["/tmp", "/run/secrets/gcp"]);
    expect(JSON.stringify(one(graph, kind, name))).not.toMatch(/s3cret|mock-password/);
  });

  test("programs log in as the application, the release as the schema's owner", () => {
    const said = (kind: string, name: string) =>
      ["DATABASE_URL", "REPLICA_URL"].map((variable) => {
        const found = envOf(one(graph, kind, name)).find((all) => all.name === variable);
        const { name: secret, key } = found.valueFrom.secretKeyRef;
        return `${secret.replace(/-[0-9a-fx]{8}$/, "")} ${key}`;
      });
    const app = ["site-postgres-app-login url", "site-postgres-app-login read-url"];
    for (const [kind, name] of PROGRAMS.slice(0, 3)) expect(said(kind, name), name).toEqual(app);
    // Migrations have no way to the standbys.
    const owner = ["site-postgres-owner-login url", "site-postgres-owner-login url"];
    expect(said("Job", "site-web-migrate")).toEqual(owner);
  });

  test("a new version comes in order: release, web, then workers and jobs", () => {
    const waits = (kind: string, name: string) => {
      const { waitsFor } = graph.find((resource) => kindOf(resource) === kind && resource.name === name)!;
      return waitsFor.map((urn) => urn.split("$").at(-1)!);
    };
    const web = "kubernetes:apps/v1:Deployment::site-web";
    expect(waits("Deployment", "site-web")).toContain("kubernetes:batch/v1:Job::site-web-migrate");
    expect(waits("Deployment", "site-celery")).toContain(web);
    expect(waits("CronJob", "site-report")).toContain(web);
    expect(waits("Deployment", "site-web")).not.toContain("kubernetes:apps/v1:Deployment::site-celery");
  });

  test("several hosts stand in the URL, and its own database", () => {
    const login = graph.find(({ type, name }) => /:Secret$/.test(type) && name === "site-postgres-app-login")!;
    expect(login.props.stringData.url).toMatch(/@[\d.]+:6432,[\d.]+:6432\/site\?/);
  });

  test("probes ask for the site's own name", () => {
    const [container] = templateOf(one(graph, "Deployment", "site-web")).spec.containers;
    expect(container.readinessProbe.httpGet).toMatchObject({
      path: "/ready",
      httpHeaders: [{ name: "Host", value: "site.example" }],
    });
  });

  test("everything is watched, and the promise is an objective", () => {
    const rules = Object.values(one(graph, "ConfigMap", "prometheus-rules").data).join("\n");
    for (const alert of ["WorkerNoPodReady", "ScheduledJobLate", "PostgresNoPrimary", "site-availability"])
      expect(rules).toContain(alert);
  });
});

describe("changes", () => {
  let before: RegisteredResource[];
  beforeAll(async () => {
    before = await program();
  });
  const readers = ["site-celery", "site-web"];

  test.each<[string, Partial<AppArgs>, string[]]>([
    ["a variable", { env: { DJANGO_SETTINGS_MODULE: "site.other" } }, readers],
    ["a secret", { secrets: { ...django.secrets, SECRET_KEY: "another" } }, readers],
    [
      "a secret file",
      { secrets: { ...django.secrets, GCP_KEY: { file: "/run/secrets/gcp/key.json", value: "[]" } } },
      readers,
    ],
    ["the database's passwords", { postgres: { ...django.postgres!, passwordGeneration: 2 } }, readers],
    [
      "a worker's own variable",
      { workers: { celery: { ...django.workers!["celery"]!, env: { CONCURRENCY: "8" } } } },
      ["site-celery"],
    ],
    ["a job's time", { jobs: { report: { ...django.jobs!["report"]!, schedule: "15 4 * * *" } } }, []],
  ])("%s rolls exactly its readers, and deletes nothing first", async (_what, change, expected) => {
    const after = await program(change);
    expect(deletedFirst(before, after)).toEqual([]);
    expect(rolled(before, after).filter((name) => !name.includes("postgres"))).toEqual(expected);
  });

  test("without hosts there is no balancer, without monitoring nobody scrapes", async () => {
    const graph = await program({ monitoring: false }, ["hosts"]);
    expect(graph.filter(({ type }) => /LoadBalancer|Monitoring/.test(type))).toEqual([]);
    const scrapers = graph.filter(
      ({ type, props }) => /NetworkPolicy/.test(type) && /prometheus/.test(JSON.stringify(props)),
    );
    expect(scrapers.map(({ name }) => name)).toEqual([]);
  });

  test("several services are told apart by host and path, each has its objective, and all reach the database", async () => {
    const services: AppArgs["services"] = {
      api: { metrics: false, paths: ["/api"] },
      live: { metrics: false, protocol: "grpc", hosts: ["live.example"] },
    };
    const graph = await program({ services });
    const config = Object.values(one(graph, "ConfigMap", "site-load-balancer-config").data).join("\n");
    for (const set of ["site-web", "site-api", "site-live"]) expect(config).toContain(`backend servers-${set}`);
    const rules = Object.values(one(graph, "ConfigMap", "prometheus-rules").data).join("\n");
    for (const part of ["web", "api", "live"]) expect(rules).toContain(`site-${part}-availability`);
    const { ingress } = one(graph, "NetworkPolicy", "site-postgres-pooler").spec;
    for (const part of ["api", "live"]) expect(JSON.stringify(ingress)).toContain(`"site-${part}"`);
    const [container] = templateOf(one(graph, "Deployment", "site-api")).spec.containers;
    expect(container.readinessProbe.httpGet.httpHeaders).toEqual([{ name: "Host", value: "site.example" }]);
    const found = evaluate(RULES, graph, { environment: "prod" });
    expect(found.map(({ rule, resource, message }) => `${rule.id}: ${resource.name}: ${message}`)).toEqual([]);
  });

  test("a wildcard's probes ask for a name below it, and Redis' new password rolls who reads it", async () => {
    const graph = await program({ hosts: ["*.site.example"] });
    const [container] = templateOf(one(graph, "Deployment", "site-web")).spec.containers;
    expect(container.readinessProbe.httpGet.httpHeaders).toEqual([{ name: "Host", value: "www.site.example" }]);
    const after = await program({ hosts: ["*.site.example"], redis: { ...django.redis, passwordGeneration: 2 } });
    expect(rolled(graph, after)).toEqual(expect.arrayContaining(["site-celery", "site-web"]));
    expect(deletedFirst(graph, after)).toEqual([]);
  });

  test("a pooler for reads stands only where something reads", async () => {
    const graph = await program({ postgres: { image, as: "libpq" } });
    expect(graph.map(({ name }) => name)).not.toContain("site-postgres-pooler-ro");
    const names = envOf(one(graph, "Deployment", "site-web")).map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(["PGHOST", "PGPORT", "PGUSER", "PGPASSWORD", "PGDATABASE"]));
  });

  test("an image is built and pushed, and named by its digest", async () => {
    const graph = await program({ image: { build: ".", registry: "registry.example/team" } });
    const built = one(graph, "Image", "site");
    expect(built).toMatchObject({ imageName: "registry.example/team/site:test", build: { context: "." } });
    expect(templateOf(one(graph, "Deployment", "site-celery")).spec.containers[0].image).toMatch(/team\/site@sha256:/);
  });
});
