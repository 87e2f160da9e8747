import { expect, test } from "vitest";
import { parse } from "yaml";
import { checkConfig } from "../../test/support/promtool";
import { prometheusConfig, type KnownTarget } from "./prometheus-config";

const web: KnownTarget = {
  job: "web-app",
  port: 8000,
  keep: "http_.*",
  peer: { namespace: "shop.eu", labels: { "app.kubernetes.io/name": "web-app", "app.kubernetes.io/component": "web" } },
};
const reporter: KnownTarget = {
  job: "reporter",
  port: 8080,
  honorLabels: true,
  path: "/all",
  peer: { namespace: "watch", labels: { app: "reporter" } },
};
const alertmanager = { namespace: "watch", labels: { app: "alertmanager" } };
const text = prometheusConfig({
  targets: [web, reporter],
  namespaces: ["shop.eu", "watch"],
  alertmanager,
  intervalSeconds: 30,
});
const config = parse(text);
const job = (name: string) => config.scrape_configs.find(({ job_name }: any) => job_name === name);

/** Whether a job keeps a pod: its keep rules, applied as Prometheus does. */
function keeps(name: string, meta: Record<string, string>): boolean {
  return job(name)
    .relabel_configs.filter(({ action }: any) => action === "keep" || action === "drop")
    .every(({ source_labels, regex, action }: any) => {
      const matches = new RegExp(`^(?:${regex})$`).test(
        source_labels.map((label: string) => meta[label] ?? "").join(";"),
      );
      return action === "keep" ? matches : !matches;
    });
}
const pod = {
  __meta_kubernetes_namespace: "shop.eu",
  __meta_kubernetes_pod_label_app_kubernetes_io_name: "web-app",
  __meta_kubernetes_pod_label_app_kubernetes_io_component: "web",
  __meta_kubernetes_pod_container_port_number: "8000",
  __meta_kubernetes_pod_phase: "Running",
};

test("a job keeps its own pods on their metrics port, while they run, and no others", () => {
  expect(keeps("web-app", pod)).toBe(true);
  for (const other of [
    { __meta_kubernetes_namespace: "shopXeu" },
    { __meta_kubernetes_pod_label_app_kubernetes_io_name: "web-app-migrate" },
    { __meta_kubernetes_pod_container_port_number: "80001" },
    { __meta_kubernetes_pod_phase: "Succeeded" },
  ])
    expect(keeps("web-app", { ...pod, ...other }), JSON.stringify(other)).toBe(false);
});

test("all jobs share one watch on the API, in the named namespaces only", () => {
  const watches = config.scrape_configs
    .flatMap(({ kubernetes_sd_configs }: any) => kubernetes_sd_configs)
    .filter(({ role }: any) => role === "pod");
  expect(new Set(watches.map((watch: unknown) => JSON.stringify(watch)))).toEqual(
    new Set(['{"role":"pod","namespaces":{"names":["shop.eu","watch"]}}']),
  );
});

test("only what is asked for is kept, and a reporter's labels win", () => {
  expect(job("web-app").metric_relabel_configs).toEqual([
    { source_labels: ["__name__"], regex: "http_.*", action: "keep" },
  ]);
  expect(job("web-app")).not.toHaveProperty("honor_labels");
  expect(job("reporter")).toMatchObject({
    honor_labels: true,
    metrics_path: "/all",
    metric_relabel_configs: [{ regex: "uid", action: "labeldrop" }],
  });
});

test("no scrape may bring unbounded series, and none outlasts the interval", () => {
  expect(config.global).toMatchObject({ scrape_interval: "30s", evaluation_interval: "15s", sample_limit: 5_000 });
  expect(parseInt(config.global.scrape_timeout, 10)).toBeLessThanOrEqual(30);
});

test("what says who is missing is asked often, though never more seldom than the rest", () => {
  const at = (intervalSeconds: number) =>
    parse(
      prometheusConfig({
        targets: [web, { ...reporter, urgent: true }],
        namespaces: ["watch"],
        alertmanager,
        intervalSeconds,
      }),
    );
  expect(
    at(60)
      .scrape_configs.slice(0, 2)
      .map(({ scrape_interval }: any) => scrape_interval),
  ).toEqual([undefined, "15s"]);
  expect(at(5).scrape_configs[1].scrape_interval).toBe("5s");
  expect(at(5).global.evaluation_interval).toBe("5s");
});

test("Prometheus accepts the configuration", ({ skip }) => {
  // A token file is looked for where it is named.
  const found = checkConfig(text.replaceAll("/var/run/secrets/kubernetes.io/serviceaccount/token", "token"));
  skip(found.missing !== undefined, found.missing);
  expect(found.says).toContain("SUCCESS");
});
