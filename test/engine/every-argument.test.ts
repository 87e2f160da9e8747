import { join } from "node:path";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { beforeAll, describe, expect, test } from "vitest";
import { Declarations } from "../../commands/docs/declarations";
import type * as holdfast from "../../components";
import { CHANGES } from "../../components/changes";
import type { Change } from "../../components/common/changes";
import { registeredBy, type RegisteredResource } from "../../graph/registered";
import { kindOf } from "../../graph/workloads";
import { deletedFirst } from "../support/cascade";
import { changed } from "../support/changed";
import { example, watched, type Component } from "../support/live-examples";
import { lost } from "../support/lost";

/**
 * Each argument of each component changed once, by itself and in every program that is shown to users. No engine is
 * needed, but a graph for each takes longer than the unit tier has.
 */

const COMPONENTS = Object.keys(CHANGES) as Component[];
const EXAMPLES = [
  "redis-and-web",
  "postgres-for-an-app",
  "two-web-services",
  "several-services",
  "django-shop",
] as const;

/**
 * The smallest program that shows what each component's arguments do. How they hang together:
 * test/any-provider.test.ts.
 */
function alone(component: Component, components: typeof holdfast): void {
  const { App, LoadBalancer, Monitoring, Postgres, Redis, ScheduledJob, WebService, Worker } = components;
  const namespace = "shop";
  const opts = { provider: new k8s.Provider("cluster", {}) };
  const image = "registry.example/app:1";
  if (component === "Postgres") new Postgres("postgres", { namespace, image }, opts);
  if (component === "Redis") new Redis("redis", { namespace, clients: [] }, opts);
  if (component === "Worker") {
    const { observability } = new Worker("worker", { namespace, image }, opts);
    new Monitoring("monitoring", { namespace, observe: [observability] }, opts);
  }
  if (component === "ScheduledJob") new ScheduledJob("job", { namespace, image, schedule: "15 3 * * *" }, opts);
  const size = { load: { rate: 20, serviceTimeMs: 10 }, slo: { percentile: 99, latencyMs: 200 } };
  const hosts = ["app.example"];
  if (component === "App") new App("app", { namespace, image, postgres: { image }, web: {}, hosts, ...size }, opts);
  if (!["LoadBalancer", "Monitoring", "WebService"].includes(component)) return;
  const web = new WebService("web", { namespace, image, ...size }, opts);
  if (component === "LoadBalancer") new LoadBalancer("balancer", { namespace, backend: web.backend }, opts);
  // In this program, Prometheus scrapes the web service.
  else
    new Monitoring(
      "monitoring",
      { namespace, observe: [web.observability], webhook: "https://hooks.example.com/1" },
      opts,
    );
}

const ALONE = "each component by itself";
const PROGRAMS = [ALONE, ...EXAMPLES];

/** Changes to a whole part of an app: a worker or a pooler that an example has and the new value leaves out goes. */
const LEAVE_OUT = ["App postgres", "App workers"];

const run = (program: string, component: Component, edit: (args: any) => any): Promise<RegisteredResource[]> =>
  registeredBy(() => {
    pulumi.runtime.setAllConfig({
      "holdfast:context": "nowhere",
      "holdfast:image": "registry.example/app:1",
      "holdfast:namespace": "shop",
      "holdfast:host": "shop.example.com",
      "holdfast:nodePort": "30080",
      "holdfast:tlsNodePort": "30443",
      "holdfast:postgresImage": "registry.example/postgres:1",
      "holdfast:secretKey": "secret",
    });
    const components = watched({ [component]: edit });
    if (program === ALONE) alone(component, components);
    else example(program, components);
  });

/** What a change is to take, of the objects that the component has made. */
function taken({ takes = [] }: Change, gone: RegisteredResource[]): string[] {
  return takes === "everything" ? gone.map(kindOf) : [...takes].sort();
}

test("every argument of every component is changed, those inside of others as well", () => {
  const declarations = new Declarations([join(__dirname, "../../components")]);
  for (const component of COMPONENTS) {
    const args = declarations.properties(`${component}Args`);
    const inside = [
      "Migration",
      "Backend",
      "TlsArgs",
      "PoolerArgs",
      "StorageArgs",
      "BackupArgs",
      "ObjectStore",
      "DatabaseArgs",
      "RoleArgs",
    ];
    for (const of of [
      `${component}Args`,
      ...new Set(CHANGES[component].map((change) => change.of).filter((name) => inside.includes(name))),
    ]) {
      const tried =
        of === `${component}Args`
          ? CHANGES[component].map(({ argument }) => argument.split(".")[0]!)
          : CHANGES[component].filter((change) => change.of === of).map(({ argument }) => argument.split(".").at(-1)!);
      expect([...new Set(tried)].sort(), of).toEqual(
        declarations
          .properties(of)
          .map(({ name }) => name)
          .sort(),
      );
    }
    // Whatever interface an argument is of is changed inside, too, or is known to be small.
    expect(
      declarations
        .mentioned(args)
        .filter((name) => inside.includes(name))
        .every((name) => CHANGES[component].some(({ of }) => of === name)),
    ).toBe(true);
  }
});

describe.each(PROGRAMS)("%s", (program) => {
  let used: Set<Component>;
  beforeAll(async () => {
    used = new Set();
    for (const component of COMPONENTS)
      await run(program, component, (args) => {
        used.add(component);
        return args;
      });
  });

  test.each(COMPONENTS)(
    "%s: nothing that serves or holds data goes, but for what has to",
    async (component) => {
      if (!used.has(component)) return;
      const wrong: string[] = [];
      const unchanged = await run(program, component, (args) => args);
      for (const change of CHANGES[component]) {
        if (program !== ALONE && LEAVE_OUT.includes(`${component} ${change.argument}`)) continue;
        const before = change.beside
          ? await run(program, component, (args) => changed(args, change, "beside"))
          : unchanged;
        const after = await run(program, component, (args) => changed(args, change));
        const gone = lost(before, after);
        const said = (graph: RegisteredResource[]): string =>
          JSON.stringify(graph.map(({ urn, props }) => [urn, props]));
        const found = [
          ...deletedFirst(before, after).map((name) => `${name} is deleted first`),
          ...(gone.map(kindOf).sort().join() === taken(change, gone).sort().join()
            ? []
            : [`takes ${gone.map((one) => `${kindOf(one)} ${one.name}`).join(", ")}`]),
          ...(change.takes === "everything" && gone.length === 0 ? ["takes nothing"] : []),
          // An example may not show what an argument does: it may have no scraper, or nothing that scales.
          ...(program === ALONE && said(before) === said(after) ? ["changes nothing"] : []),
        ];
        wrong.push(...found.map((what) => `${change.argument}: ${what}`));
      }
      expect(wrong).toEqual([]);
    },
    120_000,
  );
});
