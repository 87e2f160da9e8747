import type { Observability } from "../common/observability";
import { sloRules } from "./alerts/slo";
import { usageRules } from "./alerts/usage";
import { watchRules } from "./alerts/watch";
import { workloadRules } from "./alerts/workloads";
import type { Slo } from "./args";
import { namedBudgets } from "./collect";
import { usageDashboard, watchDashboard } from "./dashboard";
import { NAMES, PORTS, type Workloads } from "./names";
import { ALERTMANAGER_SERIES, NODE_SERIES, PROMETHEUS_SERIES } from "./prometheus-config";

/**
 * What the monitoring itself is to be watched for, and what no single component can know: machines, objectives, pods in
 * general. The same kind of thing the other components export.
 */
export function ownObservability(
  of: Workloads,
  args: { observed: Observability[]; slos: Slo[]; alertmanagers: number },
): Observability[] {
  return [
    {
      name: "usage",
      scrape: [{ job: NAMES.nodeExporter, peer: of.nodeExporter, port: PORTS.nodeExporter, keep: NODE_SERIES }],
      rules: [usageRules()],
      dashboard: usageDashboard(),
    },
    {
      name: "workloads",
      scrape: [
        { job: NAMES.kubeStateMetrics, peer: of.kubeStateMetrics, port: PORTS.kubeStateMetrics, honorLabels: true },
      ],
      rules: [workloadRules(namedBudgets(args.observed))],
    },
    {
      name: "watch",
      scrape: [
        { job: NAMES.prometheus, peer: of.prometheus, port: PORTS.prometheus, keep: PROMETHEUS_SERIES },
        { job: NAMES.alertmanager, peer: of.alertmanager, port: PORTS.alertmanager, keep: ALERTMANAGER_SERIES },
      ],
      rules: [watchRules(args.alertmanagers), ...args.slos.map(sloRules)],
      dashboard: watchDashboard(args.slos, args.alertmanagers),
    },
  ];
}
