import { homedir } from "node:os";
import { afterAll, beforeAll, expect, test } from "vitest";
import { namespacesMade } from "../../commands/support/adoption";
import { destroysData } from "../../commands/support/data-loss";
import { stepsIn } from "../../commands/support/proposal";
import { repository } from "../../local/paths";
import {
  ANOTHER_UID,
  begin,
  end,
  folder,
  have,
  kubeconfig,
  PLAIN,
  preview,
  UID,
  type Circumstances,
} from "../support/real-plans";

/** The state as if the stack ran on the cluster {@link UID}. */
let applied: string;

/** Steps of a plan that remove an existing object. */
function takenAway(log: string): string[] {
  return stepsIn(log)
    .filter(({ op }) => !["same", "update", "create"].includes(op))
    .map(({ op, urn }) => `${op} ${urn}`);
}

/** Objects that a plan replaces or deletes, as `operation kind name`. None of them may serve requests or hold data. */
const exchanged = (log: string): string[] =>
  [
    ...new Set(
      stepsIn(log)
        .filter(({ op }) => op === "replace" || op === "delete")
        .map(({ op, urn }) => `${op} ${urn.split(":").slice(-3).join(":").replace("::", " ")}`),
    ),
  ].sort();

const lost = (log: string): string[] =>
  destroysData(stepsIn(log))
    .map(({ name }) => name)
    .sort();
const sets = (...names: string[]): string[] => names.map((name) => `statefulset/online-shop/${name}`);
const EVERY_SET = sets("alertmanager", "postgres", "postgres-backup", "prometheus", "redis", "redis-sentinel");

beforeAll(async () => {
  applied = await begin();
});
afterAll(end);

test.each<[string, Circumstances]>([
  ["as it was", {}],
  [
    "at another address, in another file, by another user",
    { spelling: { file: "other", server: "https://localhost:2", user: "me" } },
  ],
  ["under another context", { spelling: { context: "renamed" } }],
  ["that does not answer", { uid: "" }],
])("a cluster %s replaces and deletes nothing", async (_how, circumstances) => {
  expect(takenAway(await preview(circumstances))).toEqual([]);
});

test("nothing of one machine is in the state: no path, no address", () => {
  for (const own of [folder, repository, homedir(), PLAIN.server]) expect(applied).not.toContain(`"${own}`);
  expect(applied).toContain(UID);
});

test.each<[string, Circumstances, string[]]>([
  [
    "another cluster",
    { uid: ANOTHER_UID },
    ["namespace/online-shop", "namespace/online-shop-node", "provider/kubernetes", ...EVERY_SET],
  ],
  [
    "the namespace renamed",
    { config: { namespace: "another" } },
    ["namespace/online-shop", "namespace/online-shop-node", ...EVERY_SET],
  ],
  [
    "larger volumes",
    { config: { postgresStorage: "3Gi", redisStorage: "3Gi", prometheusStorage: "3Gi" } },
    sets("postgres", "postgres-backup", "prometheus", "redis"),
  ],
])("%s: what would be destroyed is seen in the engine's own plan", async (_what, circumstances, names) => {
  expect(lost(await preview(circumstances))).toEqual([...names].sort());
});

test.each<[string, Record<string, string>, string[]]>([
  ["a web setting", { cacheTtlSeconds: "31" }, ["ConfigMap web-app-config"]],
  ["a PostgreSQL parameter", { postgresWorkMem: "16MB" }, ["ConfigMap postgres-dynamic"]],
  ["the failover's pace", { postgresLoopWait: "2" }, ["ConfigMap postgres-dynamic"]],
  [
    "a pool's size",
    { postgresPoolSize: "9" },
    ["ConfigMap postgres-pooler-config", "ConfigMap postgres-pooler-ro-config"],
  ],
  ["a cache's memory", { redisMaxMemory: "128" }, ["ConfigMap redis-config"]],
  ["the balancer's algorithm", { loadBalancerAlgorithm: "roundrobin" }, ["ConfigMap load-balancer-config"]],
  ["how often is scraped", { scrapeInterval: "30" }, ["ConfigMap prometheus-config"]],
])("%s changed: nothing that serves or holds data is replaced", async (_what, config, replaced) => {
  const log = await preview({ config });
  expect(exchanged(log)).toEqual(replaced.map((name) => `replace ${name}`));
});

test("new passwords: no workload is replaced, and no Secret that a pod may have", async () => {
  const steps = exchanged(await preview({ config: { passwordGeneration: "2" } }));
  const followed = ["postgres-passwords", "postgres-pooler-passwords", "redis-accounts"].map(
    (name) => `replace Secret ${name}`,
  );
  expect(steps).toEqual(expect.arrayContaining(followed));
  const agentsOwn = /^replace RandomPassword postgres-monitoring-password$/;
  const others = steps.filter((step) => !followed.includes(step) && !agentsOwn.test(step));
  expect(others.filter((step) => !/ConfigMap web-app-config$|Job web-app-migrate$/.test(step))).toEqual([]);
});

interface Held {
  type: string;
  urn: string;
  inputs: Record<string, any>;
  dependencies?: string[];
  propertyDependencies?: Record<string, string[]>;
}

/** The state of older code: every object had a fixed name, and workloads took what they read as an input. */
function withFixedNames(state: string): string {
  const { resources } = (JSON.parse(state) as { deployment: { resources: Held[] } }).deployment;
  const isRead = (urn: string): boolean => /:(ConfigMap|Secret)::/.test(urn);
  let text = state
    .replaceAll('"immutable":true,', "")
    .replaceAll(',"immutable":true', "")
    .replaceAll("postgres-dynamic", "postgres-settings");
  for (const { inputs, urn } of resources.filter((one) => one.inputs?.["immutable"]))
    text = text.replaceAll(inputs["metadata"].name, urn.split("::").at(-1)!);
  const fixed = JSON.parse(text) as { deployment: { resources: Held[] } };
  for (const { type, inputs, dependencies, propertyDependencies } of fixed.deployment.resources) {
    if (/:(apps|batch)\//.test(type)) propertyDependencies!["spec"]!.push(...dependencies!.filter(isRead));
    if (type === "pulumi:providers:kubernetes")
      Object.assign(inputs, { enableConfigMapMutable: "true", enableSecretMutable: "true" });
  }
  return JSON.stringify(fixed);
}

test("a state of before, with fixed names: all is taken over, and nothing that serves or holds data goes", async () => {
  await have(withFixedNames(applied));
  const log = await preview({ config: { postgresWorkMem: "16MB", cacheTtlSeconds: "31" } });
  expect(exchanged(log)).toContain("replace ConfigMap web-app-config");
  expect(exchanged(log).filter((step) => !/ (ConfigMap|Secret) | Job web-app-migrate$/.test(step))).toEqual([]);
});

/** The state of older code: one password for each caller, and pods named its Secret in plain text. */
function withOnePassword(state: string): string {
  const text = state.replaceAll(/"(\w+_2-password|(owner-)?username)":"[^"]*",?/g, "").replaceAll(",}", "}");
  const { deployment, ...rest } = JSON.parse(text) as { deployment: { resources: Held[] } };
  const isNew = (urn: string): boolean => /:RandomPassword::postgres-\w+-password-2$/.test(urn);
  const known = (urns: string[] = []): string[] =>
    urns.filter((urn) => !isNew(urn) && !/:Secret::postgres-(app|owner)-1$/.test(urn));
  const resources = deployment.resources
    .filter(({ urn }) => !isNew(urn))
    .map(({ dependencies, propertyDependencies = {}, ...one }) => ({
      ...one,
      dependencies: known(dependencies),
      propertyDependencies: Object.fromEntries(
        Object.entries(propertyDependencies).map(([key, urns]) => [key, known(urns)]),
      ),
    }));
  return JSON.stringify({ ...rest, deployment: { ...deployment, resources } })
    .replaceAll("postgres-passwords", "postgres-credentials")
    .replaceAll("postgres-pooler-passwords", "postgres-pooler-credentials")
    .replaceAll(/postgres-(app|owner)-1/g, "postgres-$1");
}

test.each([
  ["told pods of its Secret in plain text", (state: string) => state],
  ["had everything computed from it", withFixedNames],
])(
  "a state of before, with one password for a caller, that %s: its Secrets go last, and nothing that reads them",
  async (_, before) => {
    await have(before(withOnePassword(applied)));
    const gone = exchanged(await preview());
    expect(gone).toEqual(
      expect.arrayContaining(
        ["postgres-app", "postgres-credentials", "postgres-owner", "postgres-pooler-credentials"].map(
          (name) => `delete Secret ${name}`,
        ),
      ),
    );
    expect(gone.filter((step) => !/ (ConfigMap|Secret) | Job web-app-migrate$/.test(step))).toEqual([]);
    await have(applied);
  },
);

test("the namespaces that a plan makes are seen in it, with the stack that makes them", async () => {
  const owner = "organization/holdfast/dev";
  expect(namespacesMade(stepsIn(await preview({ config: { namespace: "another" } })))).toEqual(
    expect.arrayContaining([
      { namespace: "another", owner },
      { namespace: "another-node", owner },
    ]),
  );
});

test(
  "node-exporter's namespace of before is replaced, and nothing else but what is in it; where it has no claim, " +
    "that is no loss",
  async () => {
    await have(
      applied
        .replaceAll("online-shop-node", "holdfast-node")
        .replaceAll("Namespace::node-namespace", "Namespace::holdfast-node"),
    );
    const steps = stepsIn(await preview());
    expect(destroysData(steps).map(({ name }) => name)).toEqual(["namespace/holdfast-node"]);
    expect(destroysData(steps, ["holdfast-node"])).toEqual([]);
    const going = steps
      .filter(({ op }) => op === "delete" || op === "replace")
      .map(({ old }) => old?.id ?? "")
      .sort();
    // Where Prometheus finds it is in its configuration, which has a name of its own for each content.
    const others = going.filter((id) => !id.startsWith("online-shop/prometheus-config-"));
    expect(others).toEqual(
      [
        "holdfast-node",
        "holdfast-node/node-exporter",
        "holdfast-node/node-exporter",
        "holdfast-node/node-exporter",
        "holdfast-node/holdfast-online-shop-prometheus",
        "holdfast-node/holdfast-online-shop-prometheus",
      ].sort(),
    );
    await have(applied);
  },
);

test("a component under another name takes its StatefulSet along", async () => {
  const older = applied.replaceAll("StatefulSet::redis-sentinel", "StatefulSet::watcher");
  await have(older.replaceAll('"id":"online-shop/redis-sentinel"', '"id":"online-shop/watcher"'));
  expect(lost(await preview())).toContain("statefulset/online-shop/watcher");
});

test("a state of before, with a kubeconfig's path and without an identity, is taken over as it is", async () => {
  const before = kubeconfig({ ...PLAIN, file: "before", server: "https://localhost:9" });
  await have(applied.replaceAll(`"clusterIdentifier":"${UID}"`, `"kubeconfig":${JSON.stringify(before)}`));
  const log = await preview();
  expect(takenAway(log)).toEqual([]);
  expect(stepsIn(log)).toContainEqual(expect.objectContaining({ op: "update", type: "pulumi:providers:kubernetes" }));
});
