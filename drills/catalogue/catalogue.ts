import { closest } from "fastest-levenshtein";
import type { Drill } from "../drill";
import { Refusal } from "../../config/refusal";
import { PATRONI_DRILLS } from "./patroni";
import { POSTGRES_DRILLS } from "./postgres";
import { REDIS_DRILLS } from "./redis";
import { REQUIRED_DRILLS } from "./required";
import { RESCUE_DRILLS } from "./rescue";
import { WEB_DRILLS } from "./web";
import { WEB_CUT_DRILLS } from "./web-cuts";

/** Every drill, in the order in which they are listed. */
export const DRILLS: Drill[] = [
  ...POSTGRES_DRILLS,
  ...PATRONI_DRILLS,
  ...REQUIRED_DRILLS,
  ...RESCUE_DRILLS,
  ...REDIS_DRILLS,
  ...WEB_DRILLS,
  ...WEB_CUT_DRILLS,
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
