import { expect, test } from "vitest";
import { checkAlerts, checkRules, promtoolTest, type AlertCase } from "../../test/support/promtool";
import { scheduledJobAlerts } from "./alerts";

const labels = 'namespace="shop",cronjob="report"';
const scheduled = `kube_cronjob_status_last_schedule_time{${labels}}`;
const succeeded = `kube_cronjob_status_last_successful_time{${labels}}`;
const next = `kube_cronjob_next_schedule_time{${labels}}`;
const failed = (job: string) => `kube_job_failed{namespace="shop",job_name="${job}",condition="true"}`;

const rules = [scheduledJobAlerts("report", 300)];

// Seconds as time() counts them in a test: it begins at 0.
const cases: AlertCase[] = [
  { series: { [scheduled]: "60x30", [failed("report-1")]: "0x2 1x28" }, at: "10m", firing: { ScheduledJobFailed: 1 } },
  {
    series: { [scheduled]: "120x30", [succeeded]: "60x30", [failed("report-2")]: "1x30", [failed("report-3")]: "1x30" },
    at: "10m",
    firing: { ScheduledJobFailed: 1 },
  },
  {
    series: { [scheduled]: "60x30", [succeeded]: "90x30", [failed("report-1")]: "1x30" },
    at: "10m",
    firing: { ScheduledJobFailed: 0 },
  },
  { series: { [scheduled]: "60x30", [failed("report-old-1")]: "1x30" }, at: "10m", firing: { ScheduledJobFailed: 0 } },
  { series: { [scheduled]: "60x30" }, at: "20m", firing: { ScheduledJobLate: 1 } },
  { series: { [scheduled]: "60x30" }, at: "10m", firing: { ScheduledJobLate: 0 } },
  {
    series: { [scheduled]: "60x30", [succeeded]: "90x30", [next]: "3600x30" },
    at: "20m",
    firing: { ScheduledJobLate: 0 },
  },
  {
    series: { [scheduled]: "60x30", [succeeded]: "90x30", [next]: "120x30" },
    at: "20m",
    firing: { ScheduledJobLate: 1 },
  },
];

promtoolTest("every alert fires when it should and is silent when it should be", () => {
  checkRules(rules);
  for (const one of cases) checkAlerts(rules, one);
});

test("every alert has a case in which it fires and one in which it doesn't", () => {
  for (const alert of ["ScheduledJobFailed", "ScheduledJobLate"])
    expect(new Set(cases.flatMap(({ firing }) => (alert in firing ? [firing[alert]! > 0] : []))), alert).toEqual(
      new Set([true, false]),
    );
});
