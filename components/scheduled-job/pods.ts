import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { transformed } from "../common/component";
import { podsOf } from "../common/pods";
import { programContainer, programPod, secretEnvAnnotation, type ProgramParts } from "../common/program";
import { metadataOf, type Workload } from "../common/workload";
import type { ScheduledJobSettings } from "./completed";
import { KEPT_DAYS, KEPT_RUNS, START_LATE_SECONDS } from "./settings";

/** The CronJob. */
export function createCronJob(
  of: Workload,
  args: ScheduledJobSettings,
  parts: ProgramParts,
  opts: pulumi.CustomResourceOptions,
): void {
  const pod = {
    ...programPod(parts.account, args),
    restartPolicy: "Never",
    terminationGracePeriodSeconds: 30,
    containers: [{ ...programContainer(args, parts.config), name: of.name }],
  };
  const metadata = metadataOf(of);
  const cronJob: k8s.batch.v1.CronJobArgs = {
    metadata,
    spec: {
      schedule: args.schedule,
      timeZone: "Etc/UTC",
      concurrencyPolicy: "Forbid",
      startingDeadlineSeconds: START_LATE_SECONDS,
      successfulJobsHistoryLimit: KEPT_RUNS,
      failedJobsHistoryLimit: KEPT_RUNS,
      jobTemplate: {
        metadata: { labels: metadata.labels },
        spec: {
          backoffLimit: args.retries,
          activeDeadlineSeconds: args.deadlineSeconds,
          ttlSecondsAfterFinished: KEPT_DAYS * 24 * 3600,
          template: podsOf(of.labels, pod, secretEnvAnnotation(args.secretEnv)).template,
        },
      },
    },
  };
  new k8s.batch.v1.CronJob(of.name, transformed(args.transform?.cronJob, cronJob), opts);
}
