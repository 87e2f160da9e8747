import type { Observability } from "../common/observability";
import type { Peer } from "../common/network";
import { NAMES, PORTS, type Slo } from "./args";
import { namedBudgets } from "./collect";
import { usageDashboard, watchDashboard } from "./dashboards";
import { ALERTMANAGER_SERIES, NODE_SERIES, PROMETHEUS_SERIES } from "./prometheus-config";
import { sloRules } from "./rules/slo";
import { usageRules } from "./rules/usage";
import { watchRules } from "./rules/watch";
import { workloadRules } from "./rules/workloads";

/** Where the component's own workloads are. */
export type OwnPeers = Record<keyof typeof NAMES, Peer>;

/**
 * What the monitoring itself is to be watched for, and what no single component can know: machines, objectives, pods in
 * general. The same kind of thing the other components export.
 */
export function ownObservability(
  peers: OwnPeers,
  args: { observed: Observability[]; slos: Slo[]; alertmanagers: number },
): Observability[] {
  return [
    {
      name: "usage",
      scrape: [{ job: NAMES.nodeExporter, peer: peers.nodeExporter, port: PORTS.nodeExporter, keep: NODE_SERIES }],
      rules: [usageRules()],
      dashboard: usageDashboard(),
    },
    {
      name: "workloads",
      scrape: [
        { job: NAMES.kubeStateMetrics, peer: peers.kubeStateMetrics, port: PORTS.kubeStateMetrics, honorLabels: true },
      ],
      rules: [workloadRules(namedBudgets(args.observed))],
    },
    {
      name: "watch",
      scrape: [
        { job: NAMES.prometheus, peer: peers.prometheus, port: PORTS.prometheus, keep: PROMETHEUS_SERIES },
        { job: NAMES.alertmanager, peer: peers.alertmanager, port: PORTS.alertmanager, keep: ALERTMANAGER_SERIES },
      ],
      rules: [watchRules(args.alertmanagers), ...args.slos.map(sloRules)],
      dashboard: watchDashboard(args.slos, args.alertmanagers),
    },
  ];
}
