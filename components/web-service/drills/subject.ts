import { podsOf } from "../../../cluster/state";
import { aimAt } from "../../../drills/targets";

/** The workload's name in this repository's stack. */
export const WEB = "web-app";

/** A fault at one web pod. */
export const atOnePod = aimAt((state) => {
  const [pod] = podsOf(state, WEB);
  if (!pod) throw new Error(`no pod of ${WEB}`);
  return pod;
});
