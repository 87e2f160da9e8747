import { selectorLabels } from "../common/labels";

/** Labels of a balancer's pods, known before it exists, so that a service can name it as its client. */
export function loadBalancerLabels(name: string) {
  return selectorLabels(name, "load-balancer");
}

/** Port for clients; above 1023, so that no privilege is needed. */
export const CLIENT_PORT = 8080;

/** Port of the metrics exporter and of the balancer's own health. */
export const METRICS_PORT = 8405;
