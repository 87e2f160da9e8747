import type { V1Service } from "@kubernetes/client-node";
import Table from "cli-table3";
import { askAny } from "../../cluster/ask";
import { Kubectl } from "../../cluster/kubectl";
import { podState } from "../../cluster/parse-state";
import { readiness, workloads, type Workload } from "../../cluster/workloads";
import { ASK_SENTINEL, redisState, SENTINEL_CONTAINER } from "../../components/redis/operations";
import { SELECTOR } from "../../components/postgres/operations";
import { databaseStatus } from "../../components/postgres/rescue/notices";

/** Selector of the Sentinels' pods. */
const SENTINELS = "app.kubernetes.io/name=redis-sentinel";

/** Seconds that one Sentinel gets to answer before the next is asked. */
const SENTINEL_SECONDS = 10;

/** The database's primary, by Patroni's lock, and the notices about it, in one call. */
async function database(cluster: Kubectl): Promise<{ primary: string; notices: string[] }> {
  return databaseStatus(await cluster.list(["endpoints", "pod"], SELECTOR, "--show-managed-fields").catch(() => []));
}

/** Redis' primary, by the first Sentinel that answers. */
async function redisPrimary(cluster: Kubectl, services: readonly V1Service[]): Promise<string> {
  const sentinels = await cluster.list("pod", SENTINELS).catch(() => []);
  const { input, program } = ASK_SENTINEL;
  const patient = cluster.with({ input, seconds: SENTINEL_SECONDS });
  const answer = await askAny(
    patient,
    sentinels.flatMap((pod) => podState(pod) ?? []),
    SENTINEL_CONTAINER,
    program,
  );
  return redisState(answer, services).primary ?? "";
}

/** Address and port of each Service that has a cluster IP. */
function endpointsOf(services: readonly V1Service[]): Map<string, string> {
  const found = services.filter(({ spec }) => spec?.clusterIP !== "None");
  return new Map(
    found.map(({ metadata, spec }) => [metadata?.name ?? "", `${spec?.clusterIP}:${spec?.ports?.[0]?.port}`]),
  );
}

/** The image of a workload's first container, with a short digest. */
function imageOf(workload: Workload): string {
  const image = workload.spec.template.spec.containers[0]?.image ?? "";
  return image.replace(/@sha256:([0-9a-f]{8})[0-9a-f]+$/, "@$1");
}

/**
 * A table of the running stack (component, pods ready, primary, endpoint, image), and below it the notices about the
 * database: a pause, a rescue that has not happened, a member that waits for a person.
 */
export async function statusTable(context: string, namespaces: string[], url: string): Promise<string> {
  const cluster = new Kubectl({ context, namespace: namespaces[0] ?? "" });
  const services = cluster.list("service").catch(() => []);
  const [all, postgres, redis] = await Promise.all([
    Promise.all(namespaces.map((name) => workloads(context, name))).then((lists) => lists.flat()),
    database(cluster),
    services.then((found) => redisPrimary(cluster, found)),
  ]);
  const endpoints = endpointsOf(await services);
  const primary: Record<string, string> = { postgres: postgres.primary, redis };
  const table = new Table({
    head: ["component", "pods ready", "primary", "endpoint", "image"],
    style: { head: [], border: [] },
  });
  for (const workload of all.sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1))) {
    const { name } = workload.metadata;
    const { ready, wanted } = readiness(workload);
    const endpoint = name === "load-balancer" ? url : (endpoints.get(name) ?? "");
    table.push([name, `${ready}/${wanted}`, primary[name] ?? "", endpoint, imageOf(workload)]);
  }
  return [table.toString(), ...postgres.notices].join("\n");
}
