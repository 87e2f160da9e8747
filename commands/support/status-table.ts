import Table from "cli-table3";
import { execa } from "execa";
import { DATABASE, databaseStatus } from "./database-notices";
import { readiness, workloads, type Workload } from "./workloads";

async function kubectl(context: string, args: string[]): Promise<string> {
  const result = await execa("kubectl", ["--context", context, "--request-timeout=10s", ...args], { reject: false });
  return result.exitCode === 0 ? result.stdout.trim() : "";
}

/** The database's primary, as Patroni's lock names it, and what else is to be said of it: one call for all. */
async function database(context: string, namespace: string): Promise<{ primary: string; notices: string[] }> {
  const get = ["get", "endpoints,pods", "-l", DATABASE, "-o", "json", "--show-managed-fields"];
  return databaseStatus(await kubectl(context, ["-n", namespace, ...get]));
}

/** The pod behind the address that a Sentinel holds to be the primary's; any of the Sentinels will do. */
async function redisPrimary(context: string, namespace: string, service: Map<string, string>): Promise<string> {
  const ask = (pod: string): Promise<string> =>
    kubectl(context, ["-n", namespace, "exec", pod, "-c", "sentinel", "--", "sh", "-c", ". /opt/redis/lib.sh && sentinel_answer 127.0.0.1"]);
  for (const pod of ["redis-sentinel-0", "redis-sentinel-1"]) {
    const address = await ask(pod);
    const found = [...service].find(([name, endpoint]) => /^redis-\d+$/.test(name) && endpoint.startsWith(`${address}:`));
    if (address && found) return found[0];
  }
  return "";
}

async function addresses(context: string, namespace: string): Promise<Map<string, string>> {
  const lines = await kubectl(context, ["-n", namespace, "get", "services", "-o", "jsonpath={range .items[*]}{.metadata.name} {.spec.clusterIP}:{.spec.ports[0].port}{\"\\n\"}{end}"]);
  return new Map(lines.split("\n").filter(Boolean).map((line) => line.split(" ") as [string, string]));
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
  const [namespace = ""] = namespaces;
  const [all, service, postgres] = await Promise.all([
    Promise.all(namespaces.map((name) => workloads(context, name))).then((lists) => lists.flat()),
    addresses(context, namespace), database(context, namespace),
  ]);
  const redis = await redisPrimary(context, namespace, service);
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
