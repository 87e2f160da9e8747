import type { Observability } from "../common/observability";
import type { Workload } from "../common/workload";
import { workerAlerts } from "./alerts";
import type { WorkerSettings } from "./completed";
import { workerDashboard } from "./dashboard";

/** What Prometheus scrapes of a worker, and what it watches for. */
export function workerObservability(
  of: Workload,
  { metricsPort: port, metricsPath: path }: WorkerSettings,
): Observability {
  const { name } = of;
  return {
    name,
    scrape: port === undefined ? [] : [{ job: name, peer: of, port, path }],
    rules: [workerAlerts(name)],
    dashboard: workerDashboard(name),
  };
}
