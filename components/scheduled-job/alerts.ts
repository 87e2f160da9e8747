import type { RuleGroup } from "../common/observability";
import { START_LATE_SECONDS } from "./settings";

/**
 * What matters of a job named `name`, beside what `Monitoring` watches of every workload.
 *
 * @param deadlineSeconds after which a run is ended
 */
export function scheduledJobAlerts(name: string, deadlineSeconds: number): RuleGroup {
  const cronjob = `cronjob="${name}"`;
  const scheduled = `kube_cronjob_status_last_schedule_time{${cronjob}}`;
  const succeeded = `kube_cronjob_status_last_successful_time{${cronjob}}`;
  const since = `${succeeded} >= on (namespace, cronjob) ${scheduled}`;
  return {
    name,
    rules: [
      {
        alert: "ScheduledJobFailed",
        // A run is called after its job and its time in minutes. One that failed counts until another has succeeded.
        expr:
          `max by (namespace) (kube_job_failed{job_name=~"${name}-[0-9]+",condition="true"}) == 1 ` +
          `unless on (namespace) (${since})`,
        labels: { severity: "ticket" },
        annotations: {
          summary: `A run of ${name} has failed, and none has succeeded since`,
          runbook_url: "components/scheduled-job/runbook.md#failed",
        },
      },
      {
        alert: "ScheduledJobLate",
        // Started and come to no good end, or not started at all, by a control plane that was away or is told to pause.
        expr:
          `time() - ${scheduled} > ${deadlineSeconds + START_LATE_SECONDS} unless on (namespace, cronjob) (${since}) ` +
          `or time() - kube_cronjob_next_schedule_time{${cronjob}} > ${START_LATE_SECONDS}`,
        labels: { severity: "ticket" },
        annotations: {
          summary: `${name} has not succeeded since its time came`,
          runbook_url: "components/scheduled-job/runbook.md#late",
        },
      },
    ],
  };
}
