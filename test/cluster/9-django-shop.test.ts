import { cpSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { request } from "undici";
import { afterAll, beforeAll, expect, test } from "vitest";
import { throughPort } from "../../cluster/forward";
import { Kubectl } from "../../cluster/kubectl";
import { CONTEXT } from "../../local/cluster/cluster";
import { repository } from "../../local/paths";
import { eventually, inStack, kubectl } from "../support/live";
import { ownProgram, ownPulumi } from "../support/own-program";

/** Namespace of examples/django-shop, which is run as it is, with its image built from its folder. */
const SHOP = new Kubectl({ context: CONTEXT, namespace: "django-shop" });
const HOST = "shop.example.com";

/** A node port that the stack under test has not. */
const NODE_PORT = "30090";

/** Longest time until a worker has done a job: a sweep comes every ten seconds, for jobs older than ten. */
const JOB_SECONDS = 45;

let folder: string;

const pulumi = async (...args: string[]): Promise<void> => {
  const { all, exitCode } = await ownPulumi(folder, {}, ...args, "--stack", "dev");
  expect(exitCode, all).toBe(0);
};
const setSecretKey = (value: string) => pulumi("config", "set", "--secret", "secretKey", value);
const up = () => pulumi("up", "--yes", "--skip-preview");

interface Answer {
  status: number;
  body: { id?: string; confirmed?: boolean };
  cache: unknown;
}

/** Runs something with a function that asks the shop as customers do, through its balancer; a key places an order. */
async function customers<T>(use: (ask: (path: string, key?: string) => Promise<Answer>) => Promise<T>): Promise<T> {
  return throughPort(SHOP, "service/shop-load-balancer", 80, (url) =>
    use(async (path, key) => {
      const { statusCode, headers, body } = await request(url + path, {
        headers: {
          host: HOST,
          "content-type": "application/json",
          ...(key !== undefined && { "idempotency-key": key }),
        },
        ...(key === undefined ? {} : { method: "POST", body: JSON.stringify({ productId: 7, quantity: 2 }) }),
        headersTimeout: 40_000,
      });
      const text = await body.text();
      return { status: statusCode, cache: headers["x-cache"], body: text.startsWith("{") ? JSON.parse(text) : {} };
    }),
  );
}

/** Names of the shop's pods, of one part or of all but some. */
async function pods(which: string): Promise<string[]> {
  const names = await SHOP.run("get", "pods", "-l", which, "-o", "name", "--sort-by=.metadata.name");
  return names.split("\n").filter((name) => name !== "");
}
const READERS = "app.kubernetes.io/name in (shop-web, shop-celery)";
/** Whatever runs for good; a first backup may come and go. */
const OTHERS = "!batch.kubernetes.io/job-name,app.kubernetes.io/name notin (shop-web, shop-celery)";

beforeAll(async () => {
  await kubectl("delete", "namespace", "django-shop", "--ignore-not-found", "--timeout=120s");
  folder = ownProgram(
    "django-shop",
    `import { liveDjangoShop } from "${repository}/test/support/live-examples";\nmodule.exports = liveDjangoShop();\n`,
  );
  cpSync(join(repository, "examples/django-shop/app"), join(folder, "app"), { recursive: true });
  const postgres = "jsonpath={.spec.template.spec.containers[0].image}";
  const { exitCode, all } = await ownPulumi(folder, {}, "stack", "init", "dev");
  expect(exitCode, all).toBe(0);
  for (const [key, value] of [
    ["context", CONTEXT],
    ["host", HOST],
    ["nodePort", NODE_PORT],
    ["postgresImage", await inStack("get", "statefulset/postgres", "-o", postgres)],
  ])
    await pulumi("config", "set", key!, value!);
  await setSecretKey("the first key of the tests");
  await up();
}, 900_000);

afterAll(async () => {
  await ownPulumi(folder, {}, "destroy", "--yes", "--skip-preview", "--stack", "dev");
  await kubectl("delete", "namespace", "django-shop", "--ignore-not-found", "--timeout=120s");
  rmSync(folder, { recursive: true, force: true });
}, 300_000);

test("it serves, writes an order once, and a worker does its job", () =>
  customers(async (ask) => {
    const seen = [await ask("/products/7"), await ask("/products/7")];
    expect(seen.map(({ status }) => status)).toEqual([200, 200]);
    expect(seen[1]!.cache).toBe("hit");
    const [first, again] = [await ask("/orders", "once"), await ask("/orders", "once")];
    expect([first.status, again.status]).toEqual([201, 200]);
    expect(again.body.id).toBe(first.body.id);
    await eventually(async () => expect((await ask("/orders/by-key/once")).body.confirmed).toBe(true), JOB_SECONDS);
  }));

test("the report runs", async () => {
  await SHOP.run("create", "job", "report-now", "--from=cronjob/shop-report");
  await SHOP.run("wait", "job/report-now", "--for=condition=Complete", "--timeout=120s");
  expect(await SHOP.run("logs", "job/report-now")).toMatch(/^\d{4}-\d\d-\d\d: \d+ orders, [\d.]+ EUR$/m);
});

test(
  "a changed secret rolls its readers and nobody else, and no request fails",
  () =>
    customers(async (ask) => {
      const before = { readers: await pods(READERS), others: await pods(OTHERS) };
      expect(before.readers.length).toBeGreaterThanOrEqual(5);
      expect(before.others.length).toBeGreaterThan(10);
      await setSecretKey("the second key of the tests");
      let rolled = false;
      const failed: unknown[] = [];
      const asked = (async () => {
        let count = 0;
        for (; !rolled; count += 1) {
          await ask("/orders/by-key/once").then(
            ({ status }) => status === 200 || failed.push(status),
            (error: unknown) => failed.push(error),
          );
          await sleep(50);
        }
        return count;
      })();
      await up().finally(() => (rolled = true));
      expect(await asked).toBeGreaterThan(50);
      expect(failed).toEqual([]);
      // The last pods of the version before are told to go when those of the new one are ready.
      await eventually(async () => {
        const left = await pods(READERS);
        expect(left.filter((name) => before.readers.includes(name))).toEqual([]);
      }, 120);
      expect(await pods(OTHERS)).toEqual(before.others);
      expect(await SHOP.run("get", "cronjob/shop-report", "-o", "yaml")).toContain(
        (await SHOP.run("get", "deployment/shop-web", "-o", "jsonpath={..secretKeyRef.name}")).split(" ")[0],
      );
    }),
  600_000,
);
