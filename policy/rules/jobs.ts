import { eachObject } from "../engine/checks";
import type { Rule } from "../engine/rule";

interface JobSpec {
  activeDeadlineSeconds?: number;
}
interface CronJobSpec {
  concurrencyPolicy?: string;
  startingDeadlineSeconds?: number;
  jobTemplate?: { spec?: JobSpec };
}

/** Work that ends. */
export const jobRules: Rule[] = [
  {
    id: "cronjob-no-overlap",
    title: "A CronJob's runs do not overlap",
    why: "The default starts the next backup beside one that hangs; both hold locks and write the same place.",
    fix: "Set `concurrencyPolicy: Forbid` (or Replace).",
    prevents: [
      "https://github.com/pgbackrest/pgbackrest/issues/1777",
      "https://github.com/CrunchyData/postgres-operator/issues/2409",
    ],
    scope: "object",
    checks: eachObject(["CronJob"], (cronJob) =>
      ["Forbid", "Replace"].includes(cronJob.spec<CronJobSpec>().concurrencyPolicy ?? "")
        ? undefined
        : "spec.concurrencyPolicy lets runs overlap",
    ),
  },
  {
    id: "cronjob-catches-up",
    title: "A CronJob says how late it may start",
    why:
      "Without a deadline a run that an outage made miss its hour starts whenever the control plane is back, at " +
      "the day's peak if need be.",
    fix: "Set `startingDeadlineSeconds` (above 10, the controller's own period).",
    scope: "object",
    checks: eachObject(["CronJob"], (cronJob) =>
      (cronJob.spec<CronJobSpec>().startingDeadlineSeconds ?? 0) > 10
        ? undefined
        : "spec.startingDeadlineSeconds is not set, or too short to be met",
    ),
  },
  {
    id: "job-ends",
    title: "Jobs have a deadline",
    why:
      "A job that hangs holds its locks and its node's memory for ever, and with overlap forbidden no later run " +
      "ever starts.",
    fix: "Set `activeDeadlineSeconds` on the Job, or on the CronJob's `jobTemplate.spec`.",
    prevents: ["https://kubernetes.io/docs/concepts/workloads/controllers/job/"],
    scope: "object",
    checks: eachObject(["Job", "CronJob"], (job) => {
      const spec = job.kind === "Job" ? job.spec<JobSpec>() : job.spec<CronJobSpec>().jobTemplate?.spec;
      return (spec?.activeDeadlineSeconds ?? 0) > 0
        ? undefined
        : `${job.kind === "Job" ? "spec" : "spec.jobTemplate.spec"}.activeDeadlineSeconds is not set`;
    }),
  },
];
