import type { Observability } from "../common/observability";
import type { Workload } from "../common/workload";
import { webAlerts } from "./alerts";
import type { WebSettings } from "./completed";
import { webDashboard } from "./dashboard";

/** What Prometheus scrapes of a web service, and what it watches for. */
export function webObservability(
  of: Workload,
  { metrics, metricsPort: port, metricsPath: path, panels }: WebSettings,
): Observability {
  const { name } = of;
  return {
    name,
    scrape: metrics ? [{ job: name, peer: of, port, path }] : [],
    rules: [webAlerts(name)],
    dashboard: webDashboard(name, metrics, panels),
  };
}
