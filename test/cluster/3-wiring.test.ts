import { afterAll, beforeAll, expect, test } from "vitest";
import { cluster, connect, eventually, inStack, kubectl, settings } from "../support/live";

/** A namespace that no network policy names. */
const OUTSIDE = "holdfast-test-outside";

const TARGETS = [
  { name: "Postgres", pod: "postgres-0", port: 5432 },
  { name: "the pooler", pod: "postgres-pooler-0", port: 6432 },
  { name: "Redis", pod: "redis-0", port: 6379 },
  { name: "Prometheus", pod: "prometheus-0", port: 9090 },
];

const addressOf = (pod: string): Promise<string> => inStack("get", "pod", pod, "-o", "jsonpath={.status.podIP}");

beforeAll(async () => {
  const path = "jsonpath={.spec.template.spec.containers[0].image}";
  const image = await inStack("get", "deployment", "web-app", "-o", path);
  await kubectl("create", "namespace", OUTSIDE);
  const sleep = ["--restart=Never", "--command", "--", "sleep", "600"];
  await kubectl("-n", OUTSIDE, "run", "stranger", `--image=${image}`, ...sleep);
  await kubectl("-n", OUTSIDE, "wait", "pod/stranger", "--for=condition=Ready", "--timeout=25s");
});

afterAll(async () => {
  await kubectl("delete", "namespace", OUTSIDE, "--wait=false");
});

test.each(TARGETS)("a pod outside the wiring does not reach $name", async ({ pod, port }) => {
  const address = await addressOf(pod);
  await expect(kubectl("-n", OUTSIDE, "exec", "stranger", "--", "node", "-e", connect(address, port))).rejects.toThrow(
    /exit code [34]/,
  );
});

test("the web tier reaches its poolers and Redis, and not the database behind the poolers", async () => {
  const reach = async (pod: string, port: number): Promise<string> =>
    inStack("exec", "deploy/web-app", "--", "node", "-e", connect(await addressOf(pod), port));
  await eventually(() => reach("postgres-pooler-0", 6432), 20);
  await eventually(() => reach("redis-0", 6379), 20);
  await expect(reach("postgres-0", 5432)).rejects.toThrow(/exit code [34]/);
});

test("the same pod reaches a pod that no policy of ours protects, so the refusals are the policies'", async () => {
  const path = "jsonpath={.items[0].status.podIP}";
  const dns = await kubectl("-n", "kube-system", "get", "pod", "-l", "k8s-app=kube-dns", "-o", path);
  await kubectl("-n", OUTSIDE, "exec", "stranger", "--", "node", "-e", connect(dns, 53));
});

test("an object with an owner is another stack's: a conflict, and nothing is changed", async () => {
  const name = "prometheus";
  const metadata = {
    name,
    namespace: settings.namespace,
    annotations: { "holdfast.dev/owner": "organization/other/dev" },
  };
  const input = JSON.stringify({ apiVersion: "v1", kind: "ServiceAccount", metadata });
  // As the provider creates: server-side apply, by a manager of its own.
  const create = ["apply", "--server-side", "--dry-run=server", "--field-manager=another", "-f", "-"];
  await expect(cluster.with({ input }).run(...create)).rejects.toThrow(".metadata.annotations.holdfast.dev/owner");
});
