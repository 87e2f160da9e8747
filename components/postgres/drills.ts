import type { Drill } from "../../drills/drill";
import { DECIDER_DRILLS } from "./drills/deciders";
import { PRIMARY_DRILLS } from "./drills/primary";
import { REQUIRED_DRILLS } from "./drills/required";
import { RESCUE_DRILLS } from "./drills/rescue";

export { DRAIN_DRILLS } from "./drills/drain";
export { STORE } from "./drills/subject";

/** The faults of the database and what it promises under them; for commands, never for the constructor. */
export const POSTGRES_DRILLS: Drill[] = [...PRIMARY_DRILLS, ...DECIDER_DRILLS, ...REQUIRED_DRILLS, ...RESCUE_DRILLS];
