import { randomInt, randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { cluster, eventually, get, order, settings } from "../support/live";
import { isReady } from "../../cluster/parse-state";
import { readiness, workloads } from "../../cluster/workloads";
import { CONTEXT } from "../../local/cluster/cluster";

test("four nodes in two zones are ready", async () => {
  const ready = (await cluster.list("node")).filter(isReady);
  expect(ready).toHaveLength(4);
  expect(new Set(ready.map((node) => node.metadata?.labels?.["topology.kubernetes.io/zone"])).size).toBe(2);
});

test("every workload runs in its newest form", async () => {
  await eventually(async () => {
    const all = await workloads(CONTEXT, settings.namespace);
    expect(all.filter((workload) => !readiness(workload).settled).map((workload) => workload.metadata.name)).toEqual(
      [],
    );
    expect(all.map((workload) => workload.metadata.name)).toEqual(
      expect.arrayContaining(["web-app", "load-balancer", "postgres", "redis", "redis-sentinel", "prometheus"]),
    );
  }, 120);
});

test("a product's page is one a person can read, and a second read comes from the cache", async () => {
  const path = `/products/${randomInt(1, 1001)}`;
  const page = await get(path, "text/html");
  expect(page.status).toBe(200);
  expect(page.headers["content-type"]).toContain("text/html");
  expect(page.body).toContain("<h1");
  // On a busy machine the shop gives a slow cache up, so one more miss is no fault.
  await eventually(async () => expect((await get(path)).headers["x-cache"]).toBe("hit"), 20);
});

test("an order is accepted, found again, and sent twice it is one", async () => {
  const key = randomUUID();
  const first = await order(7, key);
  expect(first.status).toBe(201);
  const { id } = JSON.parse(first.body) as { id: string };
  const second = await order(7, key);
  expect(second.status).toBe(200);
  expect((JSON.parse(second.body) as { id: string }).id).toBe(id);
  const found = await get(`/orders/${id}`);
  expect(found.status).toBe(200);
  expect((JSON.parse(found.body) as { productId: number }).productId).toBe(7);
});

test("the shop's metrics are not for the outside", async () => {
  expect((await get("/metrics", "text/plain")).status).not.toBe(200);
});
