import { expect, test } from "vitest";
import { checkAlerts, checkRules, promtoolTest, type AlertCase } from "../../test/support/promtool";
import { balancerAlerts, certificateAlerts } from "./alerts";

const labels = 'job="lb",pod="lb-1",proxy="servers"';
const servers = `haproxy_backend_active_servers{${labels}}`;
const available = 'kube_daemonset_status_number_available{namespace="shop",daemonset="lb"}';
const retries = `haproxy_backend_retry_warnings_total{${labels}}`;
const requests = `haproxy_backend_http_requests_total{${labels}}`;
const current = 'haproxy_process_current_connections{job="lb",pod="lb-1"}';
const most = 'haproxy_process_max_connections{job="lb",pod="lb-1"}';

const POD_IPS = ["10.0.0.1", "10.0.0.2", "10.0.0.3"];
const answered = (ip: string, outcome: string, balancer = "lb-1") =>
  `holdfast_server_answers_total{namespace="shop",job="lb-servers",pod="${balancer}",proxy="servers",server="${ip}:8000",pod_ip="${ip}",outcome="${outcome}"}`;
/** Names of pods; a finished one still has the address of the first. */
const pods = Object.fromEntries(
  [...POD_IPS.map((ip, index) => [`web-${index}`, ip, "Running"]), ["old", POD_IPS[0]!, "Succeeded"]].flatMap(
    ([pod, ip, phase]) => [
      [`kube_pod_info{namespace="shop",pod="${pod}",pod_ip="${ip}"}`, "1x40"],
      [`kube_pod_status_phase{namespace="shop",pod="${pod}",phase="Running"}`, phase === "Running" ? "1x40" : "0x40"],
    ],
  ),
);
/** Two balancers, three servers: of a hundred answers a minute as many are failures as are named for each server. */
const failures = (...each: number[]) =>
  Object.assign(
    { ...pods },
    ...each.flatMap((failed, index) =>
      ["lb-1", "lb-2"].map((balancer) => ({
        [answered(POD_IPS[index]!, "ok", balancer)]: `0+${100 - failed}x40`,
        [answered(POD_IPS[index]!, "failed", balancer)]: `0+${failed}x40`,
      })),
    ),
  ) as Record<string, string>;
const takes = (...seconds: number[]) =>
  Object.assign(
    { ...pods },
    ...seconds.map((value, index) => ({
      [`holdfast_server_answer_seconds{namespace="shop",job="lb-servers",pod="lb-1",proxy="servers",pod_ip="${POD_IPS[index]}"}`]: `${value}x40`,
    })),
  ) as Record<string, string>;
const left = (...out: number[]) =>
  Object.assign(
    { ...pods },
    ...out.map((value, index) => ({
      [`holdfast_server_left_out{namespace="shop",job="lb-servers",pod="lb-1",proxy="servers",pod_ip="${POD_IPS[index]}"}`]: `${value}x40`,
    })),
  ) as Record<string, string>;

const rules = [balancerAlerts("lb")];

const cases: AlertCase[] = [
  { series: { [servers]: "3x3 0x10" }, at: "7m", firing: { LoadBalancerNoServer: 1 } },
  { series: { [servers]: "1x20" }, at: "7m", firing: { LoadBalancerNoServer: 0 } },
  { series: failures(30, 0, 0), at: "5m", firing: { LoadBalancerServerFails: 1 } },
  { series: failures(30, 1, 0), at: "5m", firing: { LoadBalancerServerFails: 1 } },
  { series: failures(40, 40, 40), at: "20m", firing: { LoadBalancerServerFails: 0 } },
  { series: failures(3, 0, 0), at: "20m", firing: { LoadBalancerServerFails: 0 } },
  { series: failures(50), at: "20m", firing: { LoadBalancerServerFails: 0 } },
  { series: left(1, 0, 0), at: "5m", firing: { LoadBalancerServerLeftOut: 1 } },
  { series: left(0, 0, 0), at: "5m", firing: { LoadBalancerServerLeftOut: 0 } },
  { series: takes(0.25, 0.01, 0.02), at: "10m", firing: { LoadBalancerServerSlow: 1 } },
  { series: takes(0.25, 0.2, 0.2), at: "10m", firing: { LoadBalancerServerSlow: 0 } },
  { series: takes(0.05, 0.002, 0.002), at: "10m", firing: { LoadBalancerServerSlow: 0 } },
  { series: { [available]: "1x20" }, at: "10m", firing: { LoadBalancerSingle: 1 } },
  { series: { [available]: "2x20" }, at: "10m", firing: { LoadBalancerSingle: 0 } },
  { series: { [retries]: "0+10x20", [requests]: "0+100x20" }, at: "15m", firing: { LoadBalancerRetries: 1 } },
  { series: { [retries]: "0+1x20", [requests]: "0+100x20" }, at: "15m", firing: { LoadBalancerRetries: 0 } },
  { series: { [current]: "3500x20", [most]: "4000x20" }, at: "10m", firing: { LoadBalancerConnectionsFull: 1 } },
  { series: { [current]: "100x20", [most]: "4000x20" }, at: "10m", firing: { LoadBalancerConnectionsFull: 0 } },
];

/** The same, with two services behind it: what one does is no measure for the other. */
const routed = [balancerAlerts("lb", true)];
/** Failures of a hundred answers a minute, by service and server. */
const failuresOf = (services: Record<string, number[]>) =>
  Object.assign(
    { ...pods },
    ...Object.entries(services).flatMap(([service, each]) =>
      each.flatMap((failed, index) =>
        Object.entries({ ok: 100 - failed, failed }).map(([outcome, rate]) => ({
          [answered(POD_IPS[index]!, outcome).replace(
            'proxy="servers"',
            `proxy="servers-${service}",service="${service}"`,
          )]: `0+${rate}x40`,
        })),
      ),
    ),
  ) as Record<string, string>;
const of = (service: string, series: string) => series.replace('proxy="servers"', `proxy="servers-${service}"`);
const routedCases: AlertCase[] = [
  {
    series: { [of("web", servers)]: "3x20", [of("api", servers)]: "0x20" },
    at: "7m",
    firing: { LoadBalancerNoServer: 1 },
  },
  {
    series: { [of("web", servers)]: "3x20", [of("api", servers)]: "1x20" },
    at: "7m",
    firing: { LoadBalancerNoServer: 0 },
  },
  { series: failuresOf({ web: [0, 0], api: [40, 40] }), at: "20m", firing: { LoadBalancerServerFails: 0 } },
  { series: failuresOf({ web: [0, 0], api: [40, 0] }), at: "20m", firing: { LoadBalancerServerFails: 1 } },
  {
    series: {
      [of("web", retries)]: "0+1x20",
      [of("web", requests)]: "0+1000x20",
      [of("api", retries)]: "0+10x20",
      [of("api", requests)]: "0+100x20",
    },
    at: "15m",
    firing: { LoadBalancerRetries: 1 },
  },
];

promtoolTest("with several services, each is watched by itself", () => {
  checkRules(routed);
  for (const one of routedCases) checkAlerts(routed, one);
});

const certificates = 'namespace="shop",job="lb-certificates",pod="lb-1",certificate="shop-tls"';
/** A certificate that ends after so many days, which begin with the series. */
const ends = (days: number) => ({ [`holdfast_certificate_expires_seconds{${certificates}}`]: `${86_400 * days}x40` });
const used = `holdfast_certificate_in_use{${certificates}}`;
const refused = `holdfast_certificate_refused{${certificates}}`;
const certificateRules = [certificateAlerts("lb")];
const both = (ticket: number, page: number) => ({
  LoadBalancerCertificateExpires: ticket,
  LoadBalancerCertificateExpiresSoon: page,
});
const certificateCases: AlertCase[] = [
  { series: ends(15), at: "20m", firing: both(0, 0) },
  { series: ends(7), at: "20m", firing: both(1, 0) },
  { series: ends(2), at: "20m", firing: both(1, 1) },
  { series: ends(-1), at: "20m", firing: both(1, 1) },
  { series: { [used]: "0x20" }, at: "10m", firing: { LoadBalancerNoCertificate: 1 } },
  { series: { [used]: "0 1x20" }, at: "10m", firing: { LoadBalancerNoCertificate: 0 } },
  { series: { [refused]: "1x20" }, at: "10m", firing: { LoadBalancerCertificateRefused: 1 } },
  { series: { [refused]: "0x20" }, at: "10m", firing: { LoadBalancerCertificateRefused: 0 } },
];

promtoolTest("a certificate that ends, is not there, or is refused is told", () => {
  checkRules(certificateRules);
  for (const one of certificateCases) checkAlerts(certificateRules, one);
});

promtoolTest("every alert fires when it should and is silent when it should be", () => {
  checkRules(rules);
  for (const one of cases) checkAlerts(rules, one);
});

test("every alert has a case in which it fires and one in which it doesn't", () => {
  const named = [...rules, ...certificateRules]
    .flatMap((group) => group.rules)
    .flatMap((rule) => ("alert" in rule ? [rule.alert] : []));
  for (const alert of named)
    expect(
      new Set([...cases, ...certificateCases].flatMap(({ firing }) => (alert in firing ? [firing[alert]! > 0] : []))),
      alert,
    ).toEqual(new Set([true, false]));
});
