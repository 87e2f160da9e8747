import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { beforeAll, describe, expect, test } from "vitest";
import { registeredBy, type RegisteredResource } from "../../graph/registered";
import { rolled } from "../../test/support/cascade";
import type { PostgresArgs } from "./args";
import { gracePeriodSeconds, preStopSeconds } from "./pods/stopping";
import { Postgres } from "./postgres";
import { postgresSettings } from "./completed";
import { FAILOVER_DEFAULTS } from "./settings";

const shop = { namespace: "shop", labels: { "app.kubernetes.io/name": "web-app" } };

async function declared(args: Partial<PostgresArgs> = {}) {
  let postgres: Postgres | undefined;
  const graph = await registeredBy(() => {
    const provider = new k8s.Provider("cluster", {});
    postgres = new Postgres(
      "postgres",
      { namespace: "shop", image: "registry.example/postgres:1", clients: [shop], ...args },
      { provider },
    );
  });
  const of = (kind: string, name: string): RegisteredResource => {
    const found = graph.find(
      (resource) =>
        resource.type.endsWith(`:${kind}`) && (resource.props.metadata?.name === name || resource.name === name),
    );
    if (!found) throw new Error(`no ${kind} ${name}`);
    return found;
  };
  return { graph, of, postgres: postgres as Postgres };
}

const outputOf = (output: pulumi.Output<string>) => new Promise<string>((resolve) => void output.apply(resolve));

const json = (resource: RegisteredResource, file: string) => JSON.parse(resource.props.data[file]);

test("a client of one pooler is let in there only; without a read pooler reads go where writes go", async () => {
  const writer = { namespace: "shop", labels: { "app.kubernetes.io/name": "writer" } };
  const callers = ({ of }: Awaited<ReturnType<typeof declared>>, pooler: string) => {
    const edges = of("NetworkPolicy", pooler).props.spec.ingress.filter(({ ports }: any) => ports[0].port === 6432);
    return edges.map(({ from }: any) => from[0].podSelector.matchLabels["app.kubernetes.io/name"]);
  };
  const apart = await declared({ clients: [shop, writer], readPooler: { clients: [shop] } });
  expect([callers(apart, "postgres-pooler"), callers(apart, "postgres-pooler-ro")]).toEqual([
    ["web-app", "writer"],
    ["web-app"],
  ]);
  const one = await declared({ readPooler: false });
  expect(one.graph.filter(({ name }) => name.includes("-ro"))).toEqual([]);
  expect(one.postgres.endpoints).toEqual([one.postgres.write.endpoint]);
  expect(one.postgres.read.endpoint).toBe(one.postgres.write.endpoint);
  expect(one.postgres.observability.scrape.map(({ job }) => job)).not.toContain("postgres-pooler-ro");
});

describe("Postgres", () => {
  let stack: Awaited<ReturnType<typeof declared>>;
  beforeAll(async () => {
    stack = await declared();
  });
  const container = (workload: string, name: string) => {
    const { spec } = stack.of("StatefulSet", workload).props.spec.template;
    return [...spec.containers, ...(spec.initContainers ?? [])].find((one: any) => one.name === name);
  };

  test("each Endpoints object that Patroni keeps has a Service without selector", () => {
    for (const name of ["postgres", "postgres-config", "postgres-sync", "postgres-failover"])
      expect(stack.of("Service", name).props.spec.selector, name).toBeUndefined();
  });

  test("every pooler pod has an address of its own, and callers get them all", async () => {
    expect(stack.of("Service", "postgres-pooler-1").props.spec.selector).toMatchObject({
      "statefulset.kubernetes.io/pod-name": "postgres-pooler-1",
    });
    const hosts = await outputOf(stack.postgres.writeHosts);
    expect(hosts).toMatch(/^10\.[\d.]+:6432,10\.[\d.]+:6432$/);
    const readers = await outputOf(stack.postgres.readHosts);
    expect(readers).not.toBe(hosts);
  });

  test("consumers' Secrets hold one password each", () => {
    expect(stack.of("Secret", "postgres-app-1").props.stringData).toMatchObject({
      username: "app",
      password: expect.any(String),
    });
    expect(stack.of("Secret", "postgres-owner-1").props.stringData).toMatchObject({
      "owner-username": "owner",
      "owner-password": expect.any(String),
    });
    expect(Object.keys(stack.of("Secret", "postgres-pooler-passwords").props.stringData)).not.toContain(
      "superuser-password",
    );
    expect(Object.keys(stack.of("Secret", "postgres-backup-credentials").props.stringData).sort()).toEqual([
      "agent-token",
      "backup-secret",
    ]);
  });

  test("a log-in's Secret has URLs with the password in them, of both poolers", async () => {
    const { stringData, metadata, immutable } = stack.of("Secret", "postgres-app-login").props;
    const { password } = stack.of("Secret", "postgres-app-1").props.stringData;
    const hosts = await outputOf(stack.postgres.writeHosts);
    expect(stringData).toMatchObject({ username: "app", password, dbname: "online_shop" });
    expect(stringData.url).toBe(`postgresql://app:${password}@${hosts}/online_shop?connect_timeout=2`);
    expect(stringData["read-url"]).toContain(`@${await outputOf(stack.postgres.readHosts)}/`);
    expect([immutable, metadata.name]).toEqual([true, "postgres-app-login-xxxxxxxx"]);
    expect(stack.of("Secret", "postgres-owner-login").props.stringData.username).toBe("owner");
  });

  test("further databases and roles have log-ins of their own, and nothing else of the stack changes", async () => {
    const changed = await declared({
      databases: { reports: { owner: "reporting" }, blog: {} },
      roles: { analyst: { reads: ["reports", "online_shop"] } },
    });
    const said = (name: string) => changed.of("Secret", name).props.stringData;
    expect(said("postgres-role-analyst-login")).toMatchObject({ username: "analyst", dbname: "online_shop" });
    expect(said("postgres-db-reports-owner-login")).toMatchObject({ username: "reporting", dbname: "reports" });
    expect(said("postgres-db-blog-app-login")).toMatchObject({ username: "app", dbname: "blog" });
    const { databases, roles } = changed.postgres;
    expect(Object.keys(databases)).toEqual(["online_shop", "reports", "blog"]);
    expect(databases["reports"]!.app).toBe(databases["reports"]!.owner);
    expect([databases["blog"]!.owner.user, roles["analyst"]!.user]).toEqual(["owner", "analyst"]);
    for (const name of ["postgres-passwords", "postgres-pooler-passwords"]) {
      expect(Object.keys(said(name))).toEqual(
        expect.arrayContaining(["analyst-password", "analyst_2-password", "reporting-password"]),
      );
    }
    expect(rolled(stack.graph, changed.graph)).toEqual(["postgres-pooler", "postgres-pooler-ro"]);
    expect(json(changed.of("ConfigMap", "postgres-dynamic"), "databases.json")).toHaveLength(3);
  });

  test("a member may tell of a rescue by an event, and may not read or change any", () => {
    const rules = stack.of("Role", "postgres").props.rules.filter((rule: any) => rule.resources.includes("events"));
    expect(rules).toEqual([{ apiGroups: [""], resources: ["events"], verbs: ["create"] }]);
  });

  test("the API's token is mounted where the API is called, and nowhere else", () => {
    const mounts = (workload: string, name: string) =>
      container(workload, name).volumeMounts.some((mount: any) => mount.name === "token");
    expect(["agent", "postgres", "exporter", "backup"].filter((name) => mounts("postgres", name))).toEqual([
      "agent",
      "postgres",
    ]);
    expect(["agent", "pgbouncer", "exporter"].filter((name) => mounts("postgres-pooler", name))).toEqual(["agent"]);
  });

  test("agents start before and stop after what they help", () => {
    for (const workload of ["postgres", "postgres-pooler", "postgres-pooler-ro"]) {
      expect(stack.of("StatefulSet", workload).props.spec.template.spec.initContainers).toMatchObject([
        { name: "agent", restartPolicy: "Always" },
      ]);
    }
  });

  test("liveness gives Patroni a whole ttl, and stopping gets the pause, the shutdown and the hand-over", () => {
    const { livenessProbe } = container("postgres", "postgres");
    expect(livenessProbe.periodSeconds * livenessProbe.failureThreshold).toBeGreaterThanOrEqual(FAILOVER_DEFAULTS.ttl);
    expect(stack.of("StatefulSet", "postgres").props.spec.template.spec.terminationGracePeriodSeconds).toBe(
      gracePeriodSeconds(FAILOVER_DEFAULTS),
    );
    expect(gracePeriodSeconds(FAILOVER_DEFAULTS)).toBeGreaterThan(
      preStopSeconds(FAILOVER_DEFAULTS) + FAILOVER_DEFAULTS.primaryStopTimeout,
    );
  });

  test("hooks wait longer than what they ask the agent for, and pods longer than their hooks", async () => {
    const patient = { ...FAILOVER_DEFAULTS, calmSeconds: 100, poolerStaySeconds: 70 };
    const { of } = await declared({ failover: patient });
    const spec = (workload: string) => of("StatefulSet", workload).props.spec.template.spec;
    const preStop = (workload: string): string => spec(workload).containers[0].lifecycle.preStop.exec.command.join(" ");
    const told = (workload: string, name: string) =>
      Number(spec(workload).initContainers[0].env.find((entry: { name: string }) => entry.name === name).value);
    const hook = (workload: string) => Number(/hook\.py \S+ (\d+)/.exec(preStop(workload))![1]);
    expect(told("postgres", "CALM_SECONDS")).toBe(100);
    expect(hook("postgres")).toBeGreaterThan(100);
    expect(spec("postgres").terminationGracePeriodSeconds).toBeGreaterThan(hook("postgres"));
    expect(told("postgres-pooler", "STAY_SECONDS")).toBe(70);
    expect(hook("postgres-pooler")).toBeGreaterThan(70);
    expect(spec("postgres-pooler").terminationGracePeriodSeconds).toBeGreaterThan(hook("postgres-pooler") + 10);
  });

  test("backups are taken by pods that no other workload's selector takes for its own", () => {
    const labels = stack.of("CronJob", "postgres-backup").props.spec.jobTemplate.spec.template.metadata.labels;
    expect(labels["app.kubernetes.io/name"]).toBe("postgres-backup-job");
    expect(stack.of("CronJob", "postgres-backup").props.spec.concurrencyPolicy).toBe("Forbid");
  });

  test("a changed setting changes one ConfigMap and no pod", async () => {
    const changed = await declared({ parameters: { work_mem: "16MB" }, failover: { loopWait: 2 } });
    expect(rolled(stack.graph, changed.graph)).toEqual([]);
    expect(json(changed.of("ConfigMap", "postgres-dynamic"), "dynamic.json")).toMatchObject({
      loop_wait: 2,
      postgresql: { parameters: { work_mem: "16MB" } },
    });
  });

  /** Name and password by which a caller of a generation logs in, and all that its servers let in. */
  const generation = async (passwordGeneration: number) => {
    const { of, graph } = await declared({ passwordGeneration });
    const said = (name: string): Record<string, string> => of("Secret", name).props.stringData;
    const secret = (caller: string) => `postgres-${caller}-${passwordGeneration}`;
    const { username, password } = said(secret("app"));
    const owner = said(secret("owner"));
    const pairs = (name: string) =>
      Object.entries(said(name)).map(([key, value]) => `${key.replace("-password", "")} ${value}`);
    return {
      graph,
      of,
      held: [`${username} ${password}`, `${owner["owner-username"]} ${owner["owner-password"]}`],
      accepted: [pairs("postgres-passwords"), pairs("postgres-pooler-passwords")],
    };
  };
  type One = Awaited<ReturnType<typeof generation>>;
  const each = async (numbers: number[]): Promise<One[]> => {
    const found: One[] = [];
    for (const number of numbers) found.push(await generation(number));
    return found;
  };

  test("database and poolers let in callers of a generation, of the one before and of the one after", async () => {
    const generations = await each([1, 2, 3, 4, 5]);
    for (const [caller, { held }] of generations.entries()) {
      for (const [server, { accepted }] of generations.entries()) {
        for (const [pair, list] of held.flatMap((pair) => accepted.map((list) => [pair, list] as const))) {
          expect(list.includes(pair), `${pair} at generation ${server + 1}`).toBe(Math.abs(caller - server) <= 1);
        }
      }
    }
  });

  test("a new generation has a Secret of its own, and no pod of the database changes", async () => {
    const [first, second, third] = (await each([1, 2, 3])) as [One, One, One];
    const ofCallers = ({ graph }: One) =>
      graph.filter(({ type, name }) => type.endsWith(":Secret") && /-(app|owner)-\d+$/.test(name));
    const names = (one: One) =>
      ofCallers(one)
        .map(({ name }) => name)
        .sort();
    expect([first, second, third].map(names)).toEqual([
      ["postgres-app-1", "postgres-owner-1"],
      ["postgres-app-1", "postgres-app-2", "postgres-owner-1", "postgres-owner-2"],
      ["postgres-app-2", "postgres-app-3", "postgres-owner-2", "postgres-owner-3"],
    ]);
    for (const [before, after] of [
      [first, second],
      [second, third],
    ] as const) {
      const kept = ofCallers(before).filter(({ name }) => names(after).includes(name));
      for (const { name, props } of kept) expect(after.of("Secret", name).props).toEqual(props);
    }
    for (const workload of ["postgres", "postgres-pooler", "postgres-pooler-ro"]) {
      expect(third.of("StatefulSet", workload).props.spec.template).toEqual(
        first.of("StatefulSet", workload).props.spec.template,
      );
    }
  });

  test("what callers are given is of one generation: name, Secret and connection", async () => {
    const { postgres } = await declared({ passwordGeneration: 5 });
    const known = <T>(output: pulumi.Output<T>) =>
      new Promise<T>((resolve) => {
        output.apply(resolve);
      });
    expect([postgres.appUser, await known(postgres.appSecretName)]).toEqual(["app_2", "postgres-app-5"]);
    expect([postgres.ownerUser, await known(postgres.ownerSecretName)]).toEqual(["owner_2", "postgres-owner-5"]);
    expect(await known(postgres.write.url)).toContain("postgresql://app_2@");
    expect(await known(postgres.read.dsn)).toContain("user=app_2 ");
  });

  test("a database that had one password for all generations goes on with it as the first one's", async () => {
    const { graph } = await generation(2);
    const first = graph.filter(
      ({ type, name }) => type.endsWith(":RandomPassword") && /^postgres-(owner|app|readonly)-password$/.test(name),
    );
    expect(first.map(({ ignored }) => ignored)).toEqual([["keepers"], ["keepers"], ["keepers"]]);
  });

  test.each([0, -1, 1.5])("a passwordGeneration of %d is refused in a sentence", (passwordGeneration) => {
    expect(() => postgresSettings("postgres", { namespace: "shop", image: "postgres:1", passwordGeneration })).toThrow(
      `passwordGeneration is ${passwordGeneration}; it must be a whole number`,
    );
  });

  test.each(["0 17 2 * * *", "@daily", "17 25 * * *"])(
    "a backup's schedule of %j is refused in a sentence",
    (schedule) => {
      expect(() =>
        postgresSettings("postgres", { namespace: "shop", image: "postgres:1", backup: { schedule } }),
      ).toThrow(`Postgres: backup.schedule is "${schedule}", but `);
    },
  );

  test("an object store takes the place of the repository's host", async () => {
    const objectStore = {
      bucket: "shop-backups",
      region: "eu-central-1",
      endpoint: "s3.example.com",
      secretName: "s3-keys",
    };
    const { graph, of } = await declared({ backup: { objectStore } });
    expect(graph.some((one) => one.type.endsWith(":StatefulSet") && one.name === "postgres-backup")).toBe(false);
    expect(json(of("ConfigMap", "postgres-backup"), "backup.json")).toMatchObject({
      host: null,
      s3: { "s3-bucket": "shop-backups" },
    });
    for (const workload of ["postgres", "postgres-backup-job"]) {
      const { metadata } = of("NetworkPolicy", workload).props;
      expect(JSON.parse(metadata.annotations["holdfast.dev/outside"]), workload).toMatchObject([
        { host: "s3.example.com", port: 443 },
      ]);
    }
  });

  test("transforms have the last word", async () => {
    const { of } = await declared({
      transform: { statefulSet: (args) => ({ ...args, spec: { ...(args.spec as object), replicas: 5 } as any }) },
    });
    expect(of("StatefulSet", "postgres").props.spec.replicas).toBe(5);
  });
});

test("pools that exceed max_connections are refused before anything is declared", async () => {
  await expect(declared({ maxConnections: 50 })).rejects.toThrow("lower a poolSize or set maxConnections to 96");
});
