import type * as pulumi from "@pulumi/pulumi";
import { Part } from "../common/component";
import type { Peer } from "../common/network";
import { createPolicy } from "../common/workload";
import { jobEdges, repositoryEdges } from "./access";
import type { Workloads } from "./names";
import { createBackupJob, createRepository, type BackupParts } from "./pods/backup";
import { createRepositoryService } from "./services";

/** A CronJob that takes backups, and unless they go to an object store, the host of their volume. */
export function createBackup(of: Workloads, args: BackupParts & { scrapedBy: Peer[] }, parent: pulumi.Resource): void {
  const part = new Part("PostgresBackup", of.repository.name, parent);
  const { objectStore } = args.settings;
  if (!objectStore) {
    const service = createRepositoryService(of.repository, part);
    createRepository(of.repository, service.metadata.name, args, part);
    createPolicy(of.repository, repositoryEdges(of, args.scrapedBy), part);
  }
  createBackupJob(of, args, part);
  createPolicy(of.job, jobEdges(of, objectStore), part);
  part.complete();
}
