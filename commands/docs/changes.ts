import type { Change } from "../../components/common/changes";
import { LOAD_BALANCER_CHANGES } from "../../components/load-balancer/changes";
import { MONITORING_CHANGES } from "../../components/monitoring/changes";
import { POSTGRES_CHANGES } from "../../components/postgres/changes";
import { REDIS_CHANGES } from "../../components/redis/changes";
import { WEB_SERVICE_CHANGES } from "../../components/web-service/changes";
import { table } from "./sections";

/** Every argument of every component, each once, by component. */
export const CHANGES: Record<"WebService" | "LoadBalancer" | "Postgres" | "Redis" | "Monitoring", Change[]> = {
  WebService: WEB_SERVICE_CHANGES, LoadBalancer: LOAD_BALANCER_CHANGES, Postgres: POSTGRES_CHANGES, Redis: REDIS_CHANGES,
  Monitoring: MONITORING_CHANGES,
};

/** "2 StatefulSets, Service" of what goes, by kind. */
function named(kinds: string[]): string {
  return [...new Set(kinds)].map((kind) => {
    const count = kinds.filter((each) => each === kind).length;
    return count === 1 ? kind : `${count} ${kind}s`;
  }).join(", ");
}

/** The arguments of which a change takes something away that serves or holds data; test/engine/every-argument.test.ts tries them all. */
export function replacingChanges(): string {
  const rows = Object.entries(CHANGES).flatMap(([component, changes]) => changes.flatMap(({ argument, takes, because = "" }) =>
    (takes ? [[component, `\`${argument}\``, takes === "everything" ? "all of the component" : named(takes), because]] : [])));
  return table(["component", "argument", "what goes", "because"], rows);
}
