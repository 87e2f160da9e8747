import { expect, test } from "vitest";
import { kubeMetrics, reportedKinds } from "./kube-metrics";

test("metrics are found wherever a query has them, each once", () => {
  expect(
    kubeMetrics([
      'kube_pod_status_ready{a="kube_x"} == 0 and kube_pod_status_phase',
      "sum(kube_pod_status_ready)",
      "up",
    ]),
  ).toEqual(expect.arrayContaining(["kube_pod_status_phase", "kube_pod_status_ready"]));
  expect(kubeMetrics(["kube_pod_status_ready", "kube_pod_status_ready"])).toEqual(["kube_pod_status_ready"]);
});

test("a disruption budget is no pod, a cron job no job", () => {
  const resources = (metric: string) => reportedKinds([metric]).map(({ resource }) => resource);
  expect(resources("kube_poddisruptionbudget_status_pod_disruptions_allowed")).toEqual(["poddisruptionbudgets"]);
  expect(resources("kube_cronjob_next_schedule_time")).toEqual(["cronjobs"]);
  expect(reportedKinds(["kube_pod_info", "kube_pod_labels"])).toHaveLength(1);
});

test("a metric of an unknown kind is refused by name", () => {
  expect(() => reportedKinds(["kube_lease_owner"])).toThrow("kube_lease_owner");
});
