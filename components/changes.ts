import type { Change } from "./common/changes";
import { LOAD_BALANCER_CHANGES } from "./load-balancer/changes";
import { MONITORING_CHANGES } from "./monitoring/changes";
import { POSTGRES_CHANGES } from "./postgres/changes";
import { REDIS_CHANGES } from "./redis/changes";
import { WEB_SERVICE_CHANGES } from "./web-service/changes";

/** Every argument of every component, each once, by component. */
export const CHANGES: Record<"WebService" | "LoadBalancer" | "Postgres" | "Redis" | "Monitoring", Change[]> = {
  WebService: WEB_SERVICE_CHANGES,
  LoadBalancer: LOAD_BALANCER_CHANGES,
  Postgres: POSTGRES_CHANGES,
  Redis: REDIS_CHANGES,
  Monitoring: MONITORING_CHANGES,
};
