import { DEFAULT_AVAILABILITY } from "../../planner/plan/load";
import type { LoadBalancer } from "../load-balancer/load-balancer";
import type { Slo } from "../monitoring/args";
import type { AppSettings } from "./completed";
import { PARTS, partName } from "./names";

/**
 * The promised availability as an objective over the answers that clients get, of each web service where there are
 * several; without a balancer nobody counts them.
 */
export function objectives(name: string, { slo, services }: AppSettings, balancer: LoadBalancer | undefined): Slo[] {
  if (!slo || !balancer) return [];
  const objective = (slo.availability ?? DEFAULT_AVAILABILITY) / 100;
  const each = [PARTS.web, ...Object.keys(services)].flatMap((part) => {
    const answers = balancer.serviceAnswers[partName(name, part)];
    return answers ? [{ name: `${partName(name, part)}-availability`, objective, ...answers }] : [];
  });
  return each.length > 0 ? each : [{ name: `${name}-availability`, objective, ...balancer.answers }];
}
