import Table from "cli-table3";
import { Kubectl } from "../../cluster/kubectl";
import { readiness, workloads, type Workload } from "../../cluster/workloads";
import { DATABASE, databaseStatus } from "./database-notices";

/** Seconds that a Sentinel gets to answer: another one can, too. */
const SENTINEL_SECONDS = 10;

/** The database's primary, as Patroni's lock names it, and what else is to be said of it: one call for all. */
async function database(cluster: Kubectl): Promise<{ primary: string; notices: string[] }> {
  return databaseStatus(await cluster.list(["endpoints", "pod"], DATABASE, "--show-managed-fields").catch(() => []));
}

/** The pod behind the address that a Sentinel holds to be the primary's; any of the Sentinels will do. */
async function redisPrimary(cluster: Kubectl, service: Map<string, string>): Promise<string> {
  const patient = cluster.with({ seconds: SENTINEL_SECONDS });
  for (const pod of ["redis-sentinel-0", "redis-sentinel-1"]) {
    const address = (await patient.exec(pod, "sentinel", "sh", "-c", ". /opt/redis/lib.sh && sentinel_answer 127.0.0.1").catch(() => "")).trim();
    const found = [...service].find(([name, endpoint]) => /^redis-\d+$/.test(name) && endpoint.startsWith(`${address}:`));
    if (address && found) return found[0];
  }
  return "";
}

async function addresses(cluster: Kubectl): Promise<Map<string, string>> {
  const services = await cluster.list("service").catch(() => []);
  return new Map(services.map(({ metadata, spec }) => [metadata?.name ?? "", `${spec?.clusterIP}:${spec?.ports?.[0]?.port}`]));
}

/** The image a workload is about: that of its first container, without the registry's host and with a short digest. */
function imageOf(workload: Workload): string {
  const image = workload.spec.template.spec.containers[0]?.image ?? "";
  return image.replace(/@sha256:([0-9a-f]{8})[0-9a-f]+$/, "@$1");
}

/**
 * A table of the running stack (component, pods ready, primary, endpoint, image), and below it what a person has to
 * know of the database: a pause, an order that came to nothing, a member that waits.
 */
export async function statusTable(context: string, namespaces: string[], url: string): Promise<string> {
  const cluster = new Kubectl({ context, namespace: namespaces[0] ?? "" });
  const [all, service, postgres] = await Promise.all([
    Promise.all(namespaces.map((name) => workloads(context, name))).then((lists) => lists.flat()),
    addresses(cluster), database(cluster),
  ]);
  const redis = await redisPrimary(cluster, service);
  const primary: Record<string, string> = { postgres: postgres.primary, redis };
  const table = new Table({ head: ["component", "pods ready", "primary", "endpoint", "image"], style: { head: [], border: [] } });
  for (const workload of all.sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1))) {
    const { name } = workload.metadata;
    const { ready, wanted } = readiness(workload);
    const endpoint = name === "load-balancer" ? url : service.get(name)?.replace(/^None:.*/, "") ?? "";
    table.push([name, `${ready}/${wanted}`, primary[name] ?? "", endpoint, imageOf(workload)]);
  }
  return [table.toString(), ...postgres.notices].join("\n");
}
