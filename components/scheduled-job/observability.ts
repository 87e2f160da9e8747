import type { Observability } from "../common/observability";
import { scheduledJobAlerts } from "./alerts";
import type { ScheduledJobSettings } from "./completed";

/** What Prometheus watches a job for. Its pods end too soon to be scraped. */
export function scheduledJobObservability(name: string, { deadlineSeconds }: ScheduledJobSettings): Observability {
  return { name, scrape: [], rules: [scheduledJobAlerts(name, deadlineSeconds)] };
}
