import type { Step } from "./data-loss";

/** A port of the nodes that a plan takes for a Service. */
export interface WantedPort {
  port: number;
  /** Namespace and name. */
  service: string;
}

/** The parts of a Service that are read here, as it is declared and as the API has it. */
interface Service {
  metadata?: { namespace?: string; name?: string };
  spec?: { ports?: { nodePort?: number }[] };
}

const portsOf = ({ metadata, spec }: Service): WantedPort[] =>
  (spec?.ports ?? []).flatMap(({ nodePort: port }) =>
    port ? [{ port, service: `${metadata?.namespace}/${metadata?.name}` }] : [],
  );

/** The ports of the nodes that a plan takes and that its Services do not have yet. */
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
 * Why a plan's ports can't be had: the nodes of a cluster have each port once, and the API refuses a second Service in
 * the middle of an update. Pure.
 *
 * @param services all Services of the cluster, as `kubectl get -o json` prints them; undefined where they can't be seen
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
