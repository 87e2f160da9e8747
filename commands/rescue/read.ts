import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { Impossible } from "../../local/docker/engine";
import { DATABASE } from "../support/database-notices";
import { databaseState, endpointsSchema, type DatabaseState } from "../support/database-state";
import type { Kubectl } from "../support/kubectl";
import { holdingSchema, type Holding, type Survivor } from "./holding";

/**
 * Seconds a member gets to say what it holds: a lost node's takes the API up to 30 to give up, and one that is not running reads
 * its log for up to 40 (images/postgres/holdfast/survey.py).
 */
export const SURVEY_SECONDS = 75;

/** Seconds between two looks at a lock: its holder renews it every second, within three on a slow API. */
const RENEWAL_SECONDS = 4;

const podSchema = z.object({
  metadata: z.object({ name: z.string() }),
  spec: z.object({
    nodeName: z.string().default(""),
    volumes: z.array(z.object({ name: z.string(), persistentVolumeClaim: z.object({ claimName: z.string() }).optional() })).default([]),
  }),
});

const claimSchema = z.object({
  metadata: z.object({ name: z.string() }),
  spec: z.object({ volumeName: z.string().default("") }),
});

/** Members by what Kubernetes has of them: a pod with its claim, or a claim alone. */
export function membersOf(items: unknown[]): Omit<Survivor, "holding">[] {
  const of = <T>(kind: string, schema: z.ZodType<T>): T[] => items.filter((item) => (item as { kind: string }).kind === kind).map((item) => schema.parse(item));
  const claims = new Map(of("PersistentVolumeClaim", claimSchema).map((claim) => [claim.metadata.name, claim.spec.volumeName]));
  const pods = of("Pod", podSchema).map(({ metadata, spec }) => {
    const claim = spec.volumes.find(({ name }) => name === "data")?.persistentVolumeClaim?.claimName ?? `data-${metadata.name}`;
    return { name: metadata.name, node: spec.nodeName, claim, volume: claims.get(claim) ?? "" };
  });
  const alone = [...claims].filter(([claim]) => claim.startsWith("data-") && !pods.some((pod) => pod.claim === claim));
  const all = [...pods, ...alone.map(([claim, volume]) => ({ name: claim.replace(/^data-/, ""), node: "", claim, volume }))];
  return all.sort((a, b) => a.name.localeCompare(b.name, "en", { numeric: true }));
}

async function holds(k: Kubectl, pod: string): Promise<Holding | undefined> {
  try {
    return holdingSchema.parse(JSON.parse(await k("exec", pod, "-c", "agent", "--", "python3", "-m", "holdfast.survey")));
  } catch {
    return undefined;
  }
}

/**
 * Reads who led, and asks every member what it holds.
 *
 * @param patient a kubectl that gives up after {@link SURVEY_SECONDS}
 * @throws Impossible where there is no database
 */
export async function readDatabase(k: Kubectl, patient: Kubectl): Promise<{ state: DatabaseState; survivors: Survivor[] }> {
  const { items } = z.object({ items: z.array(z.unknown()) }).parse(JSON.parse(await k("get", "endpoints,pods,persistentvolumeclaims", "-l", DATABASE, "-o", "json")));
  const members = membersOf(items);
  if (members.length === 0) throw new Impossible("There is no member of a database here, running or not; `npm run up` brings one up, and `npm run restore` one from its backups.");
  const endpoints = items.filter((item) => (item as { kind: string }).kind === "Endpoints").map((item) => endpointsSchema.parse(item));
  const survivors = await Promise.all(members.map(async (member) => ({ ...member, holding: await holds(patient, member.name) })));
  return { state: databaseState(endpoints), survivors };
}

/** Whether the lock is being renewed: no clock of this machine's has to agree with another one's. */
export async function renews(k: Kubectl): Promise<boolean> {
  const look = (): Promise<string> => k("get", "endpoints", "postgres", "--ignore-not-found", "-o", "jsonpath={.metadata.annotations.renewTime}");
  const before = await look();
  await sleep(RENEWAL_SECONDS * 1000);
  return (await look()) !== before;
}
