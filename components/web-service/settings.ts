import { LEAST } from "../../planner/plan/sizes";
import { READY_PATH } from "../common/backend";
import type { WebServiceArgs } from "./args";

/**
 * What an argument is where the caller says nothing, by interface; sizes are the source article's. The reference is
 * rendered from it.
 */
export const DEFAULTS = {
  WebServiceArgs: {
    port: 8000,
    protocol: "http",
    replicas: { min: LEAST.web.min, max: 10, targetCpuPercent: 70 },
    resources: { requests: { cpu: "500m", memory: "256Mi" }, limits: { cpu: "1000m", memory: "512Mi" } },
    topology: { zones: 2 },
    livePath: "/healthz",
    readyPath: READY_PATH,
    metrics: true,
    metricsPath: "/metrics",
    drainSeconds: 20,
  },
} as const satisfies { WebServiceArgs: Partial<WebServiceArgs> };

/** Seconds between "this pod goes" and its first refusal: longer than proxies and balancers take to hear of it. */
export const PRE_STOP_SECONDS = 5;

/** Reserve between the end of a drain and the kill. */
export const GRACE_MARGIN_SECONDS = 5;
