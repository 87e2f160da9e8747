import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { claimOf, DATA_CLAIM } from "../names";
import { CONTAINERS, lockRenewed, POSTGRES, SELECTOR } from "../operations";
import { SURVEY_SECONDS } from "../settings";
import type { Kubectl } from "../../../cluster/kubectl";
import { Refusal } from "../../../config/refusal";
import type { DatabaseState, Kept } from "./patroni-state";
import { databaseState, endpointsSchema } from "./patroni-state";
import { holdingSchema, type Holding, type Survivor } from "./holding";

/** Seconds by which a renewal of the lock may be late on a slow API. */
const LATE_SECONDS = 3;

const podSchema = z.object({
  metadata: z.object({ name: z.string() }),
  spec: z.object({
    nodeName: z.string().default(""),
    volumes: z
      .array(
        z.object({
          name: z.string(),
          persistentVolumeClaim: z.object({ claimName: z.string() }).optional(),
        }),
      )
      .default([]),
  }),
});

const claimSchema = z.object({
  metadata: z.object({ name: z.string() }),
  spec: z.object({ volumeName: z.string().default("") }),
});

function ofKind<T>(items: unknown[], kind: string, schema: z.ZodType<T>): T[] {
  return items.filter((item) => (item as { kind: string }).kind === kind).map((item) => schema.parse(item));
}

/** Members by their Kubernetes objects: a pod with its claim, or a claim whose pod is gone. */
export function membersOf(items: unknown[]): Omit<Survivor, "holding">[] {
  const found = ofKind(items, "PersistentVolumeClaim", claimSchema);
  const claims = new Map(found.map(({ metadata, spec }) => [metadata.name, spec.volumeName]));
  const pods = ofKind(items, "Pod", podSchema).map(({ metadata, spec }) => {
    const data = spec.volumes.find(({ name }) => name === DATA_CLAIM);
    const claim = data?.persistentVolumeClaim?.claimName ?? claimOf(metadata.name);
    return { name: metadata.name, node: spec.nodeName, claim, volume: claims.get(claim) ?? "" };
  });
  const alone = [...claims]
    .filter(([claim]) => claim.startsWith(claimOf("")) && !pods.some((pod) => pod.claim === claim))
    .map(([claim, volume]) => ({ name: claim.slice(claimOf("").length), node: "", claim, volume }));
  return [...pods, ...alone].sort((a, b) => a.name.localeCompare(b.name, "en", { numeric: true }));
}

async function holds(k: Kubectl, pod: string, kept: Kept): Promise<Holding | undefined> {
  try {
    const told = await k.exec(pod, CONTAINERS.agent, "python3", "-m", "holdfast.survey", JSON.stringify(kept));
    return holdingSchema.parse(JSON.parse(told));
  } catch {
    return undefined;
  }
}

/**
 * Reads the last primary, and asks every member what it holds.
 *
 * @throws Refusal where there is no database
 */
export async function readDatabase(k: Kubectl): Promise<{ state: DatabaseState; survivors: Survivor[] }> {
  const items = await k.list(["endpoints", "pod", "persistentvolumeclaim"], SELECTOR);
  const members = membersOf(items);
  if (members.length === 0) {
    throw new Refusal(
      "There is no member of a database here, running or not; `npm run up` makes one, `npm run restore` one from " +
        "backups.",
    );
  }
  const state = databaseState(ofKind(items, "Endpoints", endpointsSchema));
  const patient = k.with({ seconds: SURVEY_SECONDS });
  const holdings = await Promise.all(members.map(({ name }) => holds(patient, name, state.kept)));
  const survivors = members.map((member, i) => ({ ...member, holding: holdings[i] }));
  return { state, survivors };
}

/**
 * Whether the lock's holder renews it. Compares two looks, so the clocks of two machines need not agree.
 *
 * @param everySeconds interval at which the holder renews the lock
 */
export async function renews(k: Kubectl, everySeconds: number): Promise<boolean> {
  const look = async () => lockRenewed(await k.get("endpoints", POSTGRES));
  const before = await look();
  await sleep((everySeconds + LATE_SECONDS) * 1000);
  return (await look()) !== before;
}
