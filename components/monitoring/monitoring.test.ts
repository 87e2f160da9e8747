import { expect, test } from "vitest";
import { parse } from "yaml";
import { registeredBy, type RegisteredResource } from "../../graph/registered";
import { dashboard, panel } from "../common/dashboard";
import { selectorLabels } from "../common/labels";
import type { Observability } from "../common/observability";
import { gossipFlags } from "./pods/alertmanager";
import { receiverEdges } from "./alertmanager-config";
import type { MonitoringArgs } from "./args";
import { expressions, namedBudgets, panelQueries, uncompared } from "./collect";
import { Monitoring } from "./monitoring";
import { retentionBytes } from "./pods/prometheus";
import { rangesOf } from "./ranges";

const web: Observability = {
  name: "web",
  scrape: [{ job: "web", peer: { namespace: "shop", labels: selectorLabels("web", "web") }, port: 8000 }],
  rules: [
    {
      name: "web",
      rules: [
        {
          alert: "WebGone",
          expr:
            'kube_deployment_status_replicas_available{deployment="web"} == 0 or rate(a[1m]) > 0 or ' +
            'x{poddisruptionbudget="web"} == 0',
          labels: { severity: "page" },
          annotations: { summary: "gone", runbook_url: "components/web/runbook.md" },
        },
      ],
    },
  ],
  dashboard: dashboard("web", "Web", [panel("Requests", "reqps", ["rate(requests_total[1m])", "all"])]),
};

const declared = (args: Partial<MonitoringArgs> = {}) =>
  registeredBy(() => new Monitoring("monitoring", { namespace: "shop", observe: [web], ...args }));
const one = (graph: RegisteredResource[], kind: string, name: string) => {
  const found = graph.find((resource) => resource.type.endsWith(`:${kind}`) && resource.name === name);
  if (!found) throw new Error(`no ${kind} ${name}`);
  return found.props;
};

test("what a component exports is scraped, allowed by policy, alerted on and shown", async () => {
  const graph = await declared();
  const { scrape_configs } = parse(one(graph, "ConfigMap", "prometheus-config").data["prometheus.yml"]);
  expect(scrape_configs.map(({ job_name }: any) => job_name)).toEqual([
    "web",
    "node-exporter",
    "kube-state-metrics",
    "prometheus",
    "alertmanager",
    "kubelet",
    "kubelet-usage",
  ]);
  const { egress } = one(graph, "NetworkPolicy", "prometheus").spec;
  expect(egress[0]).toMatchObject({
    to: [{ podSelector: { matchLabels: selectorLabels("web", "web") } }],
    ports: [{ port: 8000 }],
  });
  expect(Object.keys(one(graph, "ConfigMap", "prometheus-rules").data).sort()).toEqual([
    "usage.yml",
    "watch.yml",
    "web.yml",
    "workloads.yml",
  ]);
  const shown = one(graph, "ConfigMap", "dashboard-web");
  expect(shown.metadata.labels).toMatchObject({ grafana_dashboard: "1" });
  expect(panelQueries([JSON.parse(shown.data["web.json"])])).toEqual([
    { dashboard: "Holdfast / Web", panel: "Requests", expr: "rate(requests_total[150s])" },
  ]);
});

test("every range holds two scrapes, at the article's interval and at any other", async () => {
  for (const scrapeIntervalSeconds of [60, 300]) {
    let collected: Observability[] = [];
    await registeredBy(() => {
      collected = new Monitoring("monitoring", { namespace: "shop", observe: [web], scrapeIntervalSeconds }).observed;
    });
    const ranges = expressions(collected).flatMap(rangesOf);
    expect(ranges.length).toBeGreaterThan(10);
    expect(Math.min(...ranges)).toBeGreaterThanOrEqual(2 * scrapeIntervalSeconds);
  }
});

test("kube-state-metrics serves what rules read, and may read no more than it needs for that", async () => {
  const graph = await declared();
  const [{ args }] = one(graph, "Deployment", "kube-state-metrics").spec.template.spec.containers;
  expect(args).toContain("--namespaces=shop");
  expect(args.find((flag: string) => flag.startsWith("--metric-allowlist"))).toContain(
    "kube_deployment_status_replicas_available",
  );
  expect(args).toContain("--resources=deployments,nodes,poddisruptionbudgets,pods");
  expect(one(graph, "Role", "kube-state-metrics").rules.map(({ resources }: any) => resources[0])).toEqual([
    "deployments",
    "poddisruptionbudgets",
    "pods",
  ]);
  expect(one(graph, "ClusterRole", "kube-state-metrics").rules).toEqual([
    { apiGroups: [""], resources: ["nodes"], verbs: ["list", "watch"] },
  ]);
});

test("Prometheus reads pods in its namespaces and the metrics of nodes, and nothing else of a kubelet", async () => {
  const graph = await declared({ watched: ["shop", "payments"] });
  expect(
    ["prometheus", "prometheus-1", "prometheus-2"].map((name) => one(graph, "Role", name).metadata.namespace),
  ).toEqual(["shop", "payments", "shop-node"]);
  expect(one(graph, "ClusterRole", "prometheus").rules.flatMap(({ resources }: any) => resources)).toEqual([
    "nodes",
    "nodes/metrics",
  ]);
});

test("no probe can end a Prometheus that replays its log", async () => {
  const [{ startupProbe, livenessProbe, readinessProbe }] = one(await declared(), "StatefulSet", "prometheus").spec
    .template.spec.containers;
  for (const probe of [startupProbe, livenessProbe]) expect(probe.httpGet.path).toBe("/-/healthy");
  expect(readinessProbe.httpGet.path).toBe("/-/ready");
});

test("an alert that fired before a restart of Prometheus fires again at once", async () => {
  const [{ args }] = one(await declared(), "StatefulSet", "prometheus").spec.template.spec.containers;
  const grace = Number(/for-grace-period=(\d+)s/.exec(args.join(" "))?.[1]);
  const { groups } = parse(one(await declared(), "ConfigMap", "prometheus-rules").data["usage.yml"]);
  const holds = groups
    .flatMap(({ rules }: any) => rules)
    .flatMap((rule: any) => (rule.for ? [parseInt(rule.for, 10) * 60] : []));
  expect(grace).toBeLessThan(Math.min(...holds));
});

test("Alertmanagers name each other, a single one keeps no port open", () => {
  expect(gossipFlags(1)).toEqual(["--cluster.listen-address="]);
  expect(gossipFlags(3).filter((flag) => flag.startsWith("--cluster.peer="))).toEqual(
    [0, 1, 2].map((ordinal) => `--cluster.peer=alertmanager-${ordinal}.alertmanager-headless:9094`),
  );
});

test("they gossip over TCP and UDP, among themselves only", async () => {
  const { ingress, egress } = one(await declared({ alertmanagerReplicas: 3 }), "NetworkPolicy", "alertmanager").spec;
  const ports = [
    { protocol: "TCP", port: 9094 },
    { protocol: "UDP", port: 9094 },
  ];
  expect(ingress.at(-1)).toMatchObject({
    from: [{ podSelector: { matchLabels: selectorLabels("alertmanager", "monitoring") } }],
    ports,
  });
  expect(egress[0].ports).toEqual(ports);
});

test("a webhook's URL is a mounted secret; the way out names its host and port and nothing else of it", async () => {
  const graph = await declared({ webhook: "https://hooks.example.com:8443/key" });
  const secret = graph.find(({ type }) => type.endsWith(":Secret"))!;
  expect(secret.secrets).toEqual(["stringData"]);
  for (const resource of graph.filter((other) => other !== secret))
    expect(JSON.stringify(resource.props)).not.toMatch(/8443\/key|\/key"/);
  expect(one(graph, "ConfigMap", "alertmanager-config").data["alertmanager.yml"]).toContain(
    "url_file: /run/secrets/alertmanager/url",
  );
  const { metadata, spec } = one(graph, "NetworkPolicy", "alertmanager");
  expect(JSON.parse(metadata.annotations["holdfast.dev/outside"])).toMatchObject([
    { host: "hooks.example.com", port: 8443 },
  ]);
  expect(spec.egress.at(-1)).toMatchObject({
    to: [{ ipBlock: { cidr: "0.0.0.0/0" } }, { ipBlock: { cidr: "2000::/3" } }],
    ports: [{ protocol: "TCP", port: 8443 }],
  });
});

test("a receiver in this cluster is let out to as pods, one on a network of one's own as a range", () => {
  const relay = { namespace: "ops", labels: { app: "relay" }, ports: [8080] };
  expect(receiverEdges("http://relay.ops.svc/x", relay)).toEqual({ egress: [relay], outside: [] });
  const range = { host: "relay.corp", cidr: "10.9.0.0/24", port: 443, why: "alerts" };
  expect(receiverEdges("https://relay.corp/x", range)).toEqual({ egress: [], outside: [range] });
  expect(receiverEdges("http://10.0.0.1:9999/x").outside).toMatchObject([{ host: "10.0.0.1", port: 9999 }]);
  expect(receiverEdges(undefined)).toEqual({ egress: [], outside: [] });
});

test.each([
  ["ftp://secret-key", "not an http or https URL"],
  ["http://relay.secret-key.svc/x", "name of a private network"],
])("%s is refused without being repeated", (url, sentence) => {
  expect(() => receiverEdges(url)).toThrow(sentence);
  expect(() => receiverEdges(url)).not.toThrow("secret-key");
});

test("only node-exporter lives where the host may be seen", async () => {
  const graph = await declared();
  const seesHost = graph.filter(({ props }) =>
    JSON.stringify(props.spec?.template?.spec?.volumes ?? []).includes("hostPath"),
  );
  expect(seesHost.map(({ props }) => [props.metadata.name, props.metadata.namespace])).toEqual([
    ["node-exporter", "shop-node"],
  ]);
  const [{ volumeMounts }] = seesHost[0]!.props.spec.template.spec.containers;
  expect(volumeMounts.every(({ readOnly }: any) => readOnly)).toBe(true);
});

test("budgets that a component speaks for are found in its rules", () => {
  expect(namedBudgets([web])).toEqual(["web"]);
});

test("an alert without its bounds keeps its selectors", () => {
  expect(uncompared('a{b!="c>d",e=~"f"} / on (g) h >= 0.9 and (i != 0) < 14.4 * 0.001')).toBe(
    'a{b!="c>d",e=~"f"} / on (g) h - 0.9 and (i - 0) - 14.4 * 0.001',
  );
});

test("a fifth of the volume stays free", () => {
  expect(retentionBytes("10Gi")).toBe(Math.floor(8 * 2 ** 30));
});
