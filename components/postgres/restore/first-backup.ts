import type { V1Job } from "@kubernetes/client-node";
import { lastFull } from "./catalogue";
import { instant } from "./journal";
import { BACKUP_JOB } from "./names";
import type { Objects } from "./objects";

/** Name of the Job that takes the first backup after a restore. */
export const backupJobName = (id: string): string => `${BACKUP_JOB}-after-${id}`;

/** What `restore` says about this backup when it ends. */
export const begunBackup = (id: string): string =>
  `Its first full backup runs (Job ${backupJobName(id)}), and \`npm run status\` tells until it is whole. Until then ` +
  "what is written from now on can be restored only as far as the older backups reach: " +
  "`npm run restore -- --list`.";

/**
 * What `status` says about the first backup after the newest restore; undefined once a full backup is whole. Pure.
 *
 * @param jobs all Jobs of the namespace
 * @param whole when the newest whole full backup ended, Unix seconds; undefined where that is not known
 */
export function awaitedBackup(jobs: V1Job[], whole: number | undefined): string | undefined {
  const job = newestAfterRestore(jobs);
  if (!job || (whole !== undefined && whole * 1000 >= begun(job))) return undefined;
  const since = instant(new Date(begun(job)).toISOString());
  const name = job.metadata?.name ?? "";
  if (!job.status?.failed)
    return (
      `The database was restored, and its first full backup, begun at ${since}, is not whole yet: ` +
      "`npm run restore -- --list` says what can be restored until then."
    );
  return (
    `The database was restored, and its first full backup, begun at ${since}, failed: \`kubectl logs job/${name}\` ` +
    "says why, and the next is tonight's, or `kubectl create job --from=cronjob/" +
    `${BACKUP_JOB} backup-by-hand\` now (both in the database's namespace).`
  );
}

/** {@link awaitedBackup} for the cluster as it is. A repository that does not answer counts as one without a backup. */
export async function awaitedBackupNow(objects: Objects): Promise<string | undefined> {
  const jobs = await objects.list("job");
  if (awaitedBackup(jobs, undefined) === undefined) return undefined;
  return awaitedBackup(jobs, await lastFull(objects).catch(() => undefined));
}

/** The backup Job of the newest restore, unless it succeeded. */
function newestAfterRestore(jobs: V1Job[]): V1Job | undefined {
  const prefix = backupJobName("");
  const newest = jobs
    .filter(({ metadata }) => metadata?.name?.startsWith(prefix))
    .sort((a, b) => begun(b) - begun(a))[0];
  return newest?.status?.succeeded ? undefined : newest;
}

const begun = ({ metadata }: V1Job): number => new Date(metadata?.creationTimestamp ?? 0).getTime();
