import type { Step } from "./data-loss";

/** A node port that a plan takes for a Service. */
export interface WantedPort {
  port: number;
  /** Namespace and name. */
  service: string;
}

/** The parts of a Service that are read here, declared or from the API. */
interface Service {
  metadata?: { namespace?: string; name?: string };
  spec?: { ports?: { nodePort?: number }[] };
}

const portsOf = ({ metadata, spec }: Service): WantedPort[] =>
  (spec?.ports ?? []).flatMap(({ nodePort: port }) =>
    port ? [{ port, service: `${metadata?.namespace}/${metadata?.name}` }] : [],
  );

/** The node ports of a plan that its Services do not have yet. */
export function portsWanted(steps: readonly Step[]): WantedPort[] {
  const changed = steps.filter(({ op }) => ["create", "update", "create-replacement"].includes(op));
  return changed
    .filter(({ type }) => type === "kubernetes:core/v1:Service")
    .flatMap(({ made = {}, old }) => {
      const before = portsOf(old?.inputs ?? {});
      return portsOf(made).filter(
        ({ port, service }) => !before.some((had) => had.port === port && had.service === service),
      );
    });
}

/**
 * Why a plan's node ports are not free. Only one Service of a cluster can have a node port, and the API would refuse
 * the second one in the middle of an update. Pure.
 *
 * @param services all Services of the cluster, as `kubectl get -o json` prints them; undefined without an answer
 * @returns undefined where all ports are free, or the cluster does not answer
 */
export function refusal(
  wanted: readonly WantedPort[],
  context: string,
  services: string | undefined,
): string | undefined {
  if (wanted.length === 0 || services === undefined) return undefined;
  const taken = (JSON.parse(services) as { items: Service[] }).items.flatMap(portsOf);
  for (const { port, service } of wanted) {
    const holder = taken.find((one) => one.port === port && one.service !== service);
    if (holder === undefined) continue;
    let free = port + 1;
    while (taken.some((one) => one.port === free)) free += 1;
    return (
      `Port ${port} of the nodes of ${context} is that of the Service ${holder.service} already, so ${service} ` +
      "can't have it. Nothing was changed. Take another, for the stack of this repository: pulumi config set " +
      `loadBalancerNodePort ${free}`
    );
  }
  return undefined;
}
