import { z } from "zod";
import { ANNOTATIONS } from "../names";
import type { DatabaseState } from "./patroni-state";
import { databaseState, endpointsSchema } from "./patroni-state";

const podSchema = z.object({
  metadata: z.object({ name: z.string(), annotations: z.record(z.string(), z.string()).default({}) }),
});

/** What `status` says about the database below its table, one line each. */
function databaseNotices(state: DatabaseState, waiting: Record<string, string>): string[] {
  const { paused, pausedSince, rescue } = state;
  const since = pausedSince === undefined ? "" : `, since ${pausedSince} or longer`;
  return [
    ...(paused ? [`Automatic failover of the database is paused${since}: \`patronictl resume\` ends that.`] : []),
    ...(rescue
      ? [
          `${rescue.by} ordered ${rescue.member} to lead (${new Date(rescue.at * 1000).toISOString()}), and it ` +
            "has not happened: `npm run rescue` shows how things are.",
        ]
      : []),
    ...Object.entries(waiting)
      .sort()
      .map(([member, why]) => `${member} waits for a person: ${why}`),
  ];
}

/**
 * Reads the primary, and the notices for a person, from the database's Endpoints and pods.
 *
 * @param items Endpoints and pods of the database; empty where the cluster does not answer
 */
export function databaseStatus(items: readonly { kind?: string }[]): { primary: string; notices: string[] } {
  const of = <T>(kind: string, schema: z.ZodType<T>): T[] =>
    items.filter((item) => item.kind === kind).map((item) => schema.parse(item));
  const state = databaseState(of("Endpoints", endpointsSchema));
  const waiting = of("Pod", podSchema).flatMap(({ metadata: { name, annotations } }) => {
    const why = annotations[ANNOTATIONS.waits];
    return why ? [[name, why] as const] : [];
  });
  return { primary: state.holder ?? "", notices: databaseNotices(state, Object.fromEntries(waiting)) };
}
