import pRetry from "p-retry";
import { z } from "zod";
import { Impossible } from "../../local/docker/engine";
import type { Kubectl } from "../support/kubectl";
import type { Inventory } from "./moment";

/** Names that the database component gives its objects. */
const NAME = "postgres";
const LOCKS = [NAME, `${NAME}-config`, `${NAME}-sync`, `${NAME}-failover`];
const REQUEST = `${NAME}-restore`;

/** Ten minutes: copying a large repository is the database's own pace, and a person can ask again. */
const PATIENCE = { retries: 300, factor: 1, minTimeout: 2_000 };

const podsSchema = z.object({ items: z.array(z.object({ metadata: z.object({ name: z.string() }) })) });

const selector = ["-l", `app.kubernetes.io/name=${NAME},app.kubernetes.io/component=database`];

/** What can be restored, asked of the repository's host, or of a member where the backups are in an object store. */
export async function inventory(k: Kubectl): Promise<Inventory> {
  const ask = ["--", "python3", "-m", "holdfast.backup.info"];
  const hosts = [[`${NAME}-backup-0`, "repository"], [`${NAME}-0`, "backup"]] as const;
  for (const [pod, container] of hosts) {
    try {
      return z.object({ ends: z.array(z.number()) }).parse(JSON.parse(await k("exec", pod, "-c", container, ...ask)));
    } catch {
      continue;
    }
  }
  throw new Impossible(`Neither ${NAME}-backup-0 nor ${NAME}-0 answers what backups there are: see \`npm run status\`, and run \`npm run up\` if they are gone.`);
}

/** The member that leads, or undefined. */
export async function leader(k: Kubectl): Promise<string | undefined> {
  const name = await k("get", "endpoints", NAME, "--ignore-not-found", "-o", "jsonpath={.metadata.annotations.leader}");
  return name || undefined;
}

/**
 * Brings everything up to now into the repository, where a database still runs. The empty transaction gives recovery a
 * commit to stop before: without one after the wished moment PostgreSQL would not believe it had reached it.
 */
export async function archiveEverything(k: Kubectl, member: string): Promise<void> {
  await k("exec", member, "-c", "postgres", "--", "psql", "-U", "postgres", "-qAtc", "select pg_current_xact_id()");
  await k("exec", member, "-c", "backup", "--", "pgbackrest", "--config=/run/holdfast/pgbackrest.conf", "--stanza=main", "--archive-timeout=60", "check");
}

/** Members of the declared database. */
export async function memberCount(k: Kubectl): Promise<number> {
  const replicas = Number(await k("get", "statefulset", NAME, "-o", "jsonpath={.spec.replicas}"));
  const volumes = podsSchema.parse(JSON.parse(await k("get", "pvc", "-o", "json"))).items.filter(({ metadata }) => new RegExp(`^data-${NAME}-\\d+$`).test(metadata.name));
  // A restore that was interrupted has left the set at 0, but `up` declares as many as there are claims or more.
  return replicas || volumes.length || 3;
}

/** Takes the database away: pods, volumes, and Patroni's knowledge of it. The backups stay. */
export async function removeDatabase(k: Kubectl, members: number): Promise<void> {
  await k("scale", "statefulset", NAME, "--replicas=0");
  await pRetry(async () => {
    if (podsSchema.parse(JSON.parse(await k("get", "pods", ...selector, "-o", "json"))).items.length > 0) throw new Error("The database's pods do not end.");
  }, PATIENCE);
  const claims = Array.from({ length: members }, (_, ordinal) => `data-${NAME}-${ordinal}`);
  await k("delete", "pvc", "--ignore-not-found", ...claims);
  await k("delete", "endpoints", "--ignore-not-found", ...LOCKS);
}

/** Asks the members to begin from the repository: up to a moment, or with everything there is. */
export async function requestRestore(k: Kubectl, time: string | undefined): Promise<void> {
  await k("delete", "configmap", "--ignore-not-found", REQUEST);
  await k("create", "configmap", REQUEST, `--from-literal=restore.json=${JSON.stringify(time ? { time } : {})}`);
}

/** Starts the members and waits until one leads and accepts writes; then forgets the request, so that it is not repeated. */
export async function startDatabase(k: Kubectl, members: number, say: (line: string) => void): Promise<string> {
  await k("scale", "statefulset", NAME, `--replicas=${members}`);
  let last = "";
  const name = await pRetry(async () => {
    const states = await k("get", "pods", ...selector, "-o", "jsonpath={range .items[*]}{.metadata.name}{\" \"}{.status.phase}{\"  \"}{end}");
    if (states !== last) say(states);
    last = states;
    const leads = await leader(k);
    if (leads === undefined) throw new Error("No member leads yet.");
    const recovering = await k("exec", leads, "-c", "postgres", "--", "psql", "-U", "postgres", "-Atc", "select pg_is_in_recovery()");
    if (recovering.trim() !== "f") throw new Error(`${leads} is still replaying.`);
    return leads;
  }, PATIENCE);
  await k("delete", "configmap", "--ignore-not-found", REQUEST);
  return name;
}

/** Takes a new backup at once: the old ones belong to a history that was left. */
export async function backUp(k: Kubectl, at: number): Promise<string> {
  const job = `${NAME}-backup-after-restore-${Math.floor(at / 1000)}`;
  await k("create", "job", `--from=cronjob/${NAME}-backup`, job);
  return job;
}
