import type { Resource } from "../graph/resource";

/** A resource that may break a rule for a while, and why. */
export interface Exemption {
  /** Pulumi's name of the resource, its URN, or `namespace/name` for a manifest. */
  resource: string;
  /** Why, in a sentence that a reviewer can agree with. */
  reason: string;
  /** Last day it holds, `YYYY-MM-DD`. */
  until: string;
}

/** The end of an exemption's last day (UTC), or NaN if it names none. */
const lastMoment = (until: string): number => Date.parse(`${until}T23:59:59.999Z`);

/**
 * Whether a resource is exempted: `valid` while the exemption holds; an exemption that is over or gives no reason or
 * day changes nothing but the message, which says so.
 *
 * @returns undefined if nobody exempted the resource
 */
export function exemptionFor(
  resource: Resource,
  exemptions: Exemption[],
  today: Date,
): { valid: boolean; note: string } | undefined {
  const found = exemptions.find(
    (exemption) => exemption.resource === resource.name || exemption.resource === resource.urn,
  );
  if (!found) return undefined;
  if (!found.reason?.trim() || Number.isNaN(lastMoment(found.until))) {
    return { valid: false, note: "its exemption does not count: it needs a reason and a day `until`" };
  }
  return today.getTime() <= lastMoment(found.until)
    ? { valid: true, note: `exempted until ${found.until}: ${found.reason}` }
    : { valid: false, note: `its exemption ended on ${found.until}` };
}
