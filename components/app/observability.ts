import { DEFAULT_AVAILABILITY } from "../../planner/plan/load";
import type { LoadBalancer } from "../load-balancer/load-balancer";
import type { Slo } from "../monitoring/args";
import type { AppSettings } from "./completed";

/** The promised availability as an objective over the answers that clients get; without a balancer nobody counts them. */
export function objectives(name: string, { slo }: AppSettings, balancer: LoadBalancer | undefined): Slo[] {
  if (!slo || !balancer) return [];
  const objective = (slo.availability ?? DEFAULT_AVAILABILITY) / 100;
  return [{ name: `${name}-availability`, objective, ...balancer.answers }];
}
