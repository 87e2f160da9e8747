import { closest } from "fastest-levenshtein";
import { BALANCER_DRILLS } from "../../components/load-balancer/drills";
import { NAMES, PORTS } from "../../components/monitoring/names";
import { DRAIN_DRILLS, POSTGRES_DRILLS, STORE } from "../../components/postgres/drills";
import { CACHE, REDIS_DRILLS } from "../../components/redis/drills";
import { WEB_LOAD_DRILLS, WEB_POD_DRILLS } from "../../components/web-service/drills";
import { webCutDrills } from "../../components/web-service/drills/cuts";
import { WEB } from "../../components/web-service/drills/subject";
import { Refusal } from "../../config/refusal";
import type { Drill } from "../../drills/drill";
import type { Subject, Subjects } from "../../drills/stack/subject";

/** The monitoring's Prometheus, as kubectl reaches it. */
const PROMETHEUS = { workload: `statefulset/${NAMES.prometheus}`, port: PORTS.prometheus };

/** What this repository's stack is made of, for the instrument. */
export const SUBJECTS: Subjects = { store: STORE, others: [CACHE], witness: PROMETHEUS, shop: WEB };

const portsInto = ({ entrances }: Subject): number[] => [...new Set(Object.values(entrances))];

/** Every drill that a component brings, in the order in which they are listed. */
export const DRILLS: Drill[] = [
  ...POSTGRES_DRILLS,
  ...REDIS_DRILLS,
  ...WEB_POD_DRILLS,
  ...DRAIN_DRILLS,
  ...BALANCER_DRILLS,
  ...WEB_LOAD_DRILLS,
  ...webCutDrills({
    database: portsInto(STORE),
    redis: portsInto(CACHE),
    morePods: "raise `webMinReplicas`",
  }),
];

/** @throws Refusal with the nearest name, for a name that no drill has */
export function drillNamed(name: string): Drill {
  const drill = DRILLS.find((candidate) => candidate.name === name);
  if (drill) return drill;
  const nearest = closest(
    name,
    DRILLS.map((candidate) => candidate.name),
  );
  throw new Refusal(`There is no drill "${name}"; did you mean ${nearest}? \`npm run drill -- list\` shows them all.`);
}
