import { APP_CHANGES } from "./app/changes";
import type { Change } from "./common/changes";
import { LOAD_BALANCER_CHANGES } from "./load-balancer/changes";
import { MONITORING_CHANGES } from "./monitoring/changes";
import { POSTGRES_CHANGES } from "./postgres/changes";
import { REDIS_CHANGES } from "./redis/changes";
import { SCHEDULED_JOB_CHANGES } from "./scheduled-job/changes";
import { WEB_SERVICE_CHANGES } from "./web-service/changes";
import { WORKER_CHANGES } from "./worker/changes";

/** Components whose arguments are changed once each. */
type Changed = "App" | "WebService" | "Worker" | "ScheduledJob" | "LoadBalancer" | "Postgres" | "Redis" | "Monitoring";

/** Every argument of every component, each once, by component. */
export const CHANGES: Record<Changed, Change[]> = {
  App: APP_CHANGES,
  WebService: WEB_SERVICE_CHANGES,
  Worker: WORKER_CHANGES,
  ScheduledJob: SCHEDULED_JOB_CHANGES,
  LoadBalancer: LOAD_BALANCER_CHANGES,
  Postgres: POSTGRES_CHANGES,
  Redis: REDIS_CHANGES,
  Monitoring: MONITORING_CHANGES,
};
