import type { RuleGroup } from "../common/observability";
import { setsOf } from "./names";
import {
  EXPIRES_DAYS,
  EXPIRES_SOON_DAYS,
  FAILING_SHARE,
  FAILING_TIMES,
  FIRST_OUT_SECONDS,
  FULL_SHARE,
  LEAST_ENTRIES,
  RETRIED_SHARE,
  SLOW_SECONDS,
  SLOW_TIMES,
} from "./settings";

/** The pod of an address. A pod that has ended keeps its address, which another may have by now. */
const POD_OF =
  "on (namespace, pod_ip) group_left (pod)" +
  ' (kube_pod_info and on (namespace, pod) kube_pod_status_phase{phase="Running"} == 1)';

/**
 * Servers that fail far more often than the others, each by the name of its pod; the value is the share that fails.
 *
 * @param peers labels that those have in common which are compared
 */
function failing(job: string, peers: string): string {
  const all = `sum by (${peers}, pod_ip) (rate(holdfast_server_answers_total{${job}}[5m]))`;
  const bad = `sum by (${peers}, pod_ip) (rate(holdfast_server_answers_total{${job},outcome="failed"}[5m]))`;
  const others = (of: string) => `(sum by (${peers}) (${of}) - on (${peers}) group_right () ${of})`;
  const share = `${bad} / ${all}`;
  return `(${share} > ${FAILING_SHARE} and ${share} > ${FAILING_TIMES} * ${others(bad)} / ${others(all)}) * ${POD_OF}`;
}

/** Servers that take far longer than most; the value is seconds. With fewer than three there is no "most". */
function slow(job: string, sets: string, peers: string): string {
  const mean = `max by (${peers}, pod_ip) (holdfast_server_answer_seconds{${job},${sets}})`;
  return (
    `((${mean} > ${SLOW_SECONDS}) > on (${peers}) group_left () (${SLOW_TIMES} * quantile by (${peers}) (0.5, ` +
    `${mean}))) * ${POD_OF}`
  );
}

/** Servers that the balancer itself leaves out, or gives a few requests on trial. */
function leftOut(job: string, peers: string): string {
  return `(max by (${peers}, pod_ip) (holdfast_server_left_out{${job}}) == 1) * ${POD_OF}`;
}

/** How the series of the sets of servers are told: those that are well, of every service. */
export function serverSets(routed: boolean): string {
  return routed ? `proxy=~"${setsOf(".+").servers}"` : `proxy="${setsOf(undefined).servers}"`;
}

/**
 * What matters for the availability of a balancer named `name`.
 *
 * @param routed whether it stands in front of several services, each of which is watched by itself
 */
export function balancerAlerts(name: string, routed = false): RuleGroup {
  const sets = serverSets(routed);
  const servers = `job="${name}",${sets}`;
  const peers = routed ? "namespace, service" : "namespace";
  const each = routed ? "sum by (proxy)" : "sum";
  return {
    name,
    rules: [
      {
        alert: "LoadBalancerNoServer",
        expr: `haproxy_backend_active_servers{${servers}} == 0`,
        for: "1m",
        labels: { severity: "page" },
        annotations: {
          summary: routed
            ? "{{ $labels.pod }} knows no pod that passes its check, in {{ $labels.proxy }}"
            : "{{ $labels.pod }} knows no web pod that passes its check",
          description: "Requests go to whichever pods accept connections; where none does, they are answered 503.",
          runbook_url: "components/load-balancer/runbook.md#no-server",
        },
      },
      {
        alert: "LoadBalancerServerFails",
        expr: failing(`job="${name}-servers"`, peers),
        for: "1m",
        labels: { severity: "page" },
        annotations: {
          summary:
            "{{ $labels.pod }} fails {{ $value | humanizePercentage }} of its requests, far more than the others",
          description:
            "It passes its check, so it goes on getting requests. Delete it; then look for what it can't reach.",
          runbook_url: "components/load-balancer/runbook.md#server-fails",
        },
      },
      {
        alert: "LoadBalancerServerLeftOut",
        expr: leftOut(`job="${name}-servers"`, peers),
        // Longer than the first time without requests and a trial that goes well: what passes by itself is no ticket.
        for: `${3 * FIRST_OUT_SECONDS}s`,
        labels: { severity: "ticket" },
        annotations: {
          summary: "{{ $labels.pod }} fails far more than the others and gets no requests",
          description:
            "Clients no longer notice, but it can't do its share. Delete it; then look for what it can't reach.",
          runbook_url: "components/load-balancer/runbook.md#server-left-out",
        },
      },
      {
        alert: "LoadBalancerServerSlow",
        expr: slow(`job="${name}-servers"`, sets, peers),
        for: "5m",
        labels: { severity: "ticket" },
        annotations: {
          summary: "{{ $labels.pod }} takes {{ $value | humanizeDuration }} for an answer, far longer than the others",
          runbook_url: "components/load-balancer/runbook.md#server-slow",
        },
      },
      {
        alert: "LoadBalancerSingle",
        expr: `kube_daemonset_status_number_available{daemonset="${name}"} < ${LEAST_ENTRIES}`,
        for: "5m",
        labels: { severity: "ticket" },
        annotations: {
          summary: `${name} runs on {{ $value }} entry nodes; the loss of one more closes the way in`,
          runbook_url: "components/load-balancer/runbook.md#single",
        },
      },
      {
        alert: "LoadBalancerRetries",
        expr:
          `${each}(rate(haproxy_backend_retry_warnings_total{${servers}}[5m])) > ${RETRIED_SHARE} * ` +
          `${each}(rate(haproxy_backend_http_requests_total{${servers}}[5m]))`,
        for: "5m",
        labels: { severity: "ticket" },
        annotations: {
          summary: `More than one request in twenty needed a second server for 5 minutes${routed ? ": {{ $labels.proxy }}" : ""}`,
          description:
            "Clients notice only latency so far: a pod is failing faster than its checks, or a node is unreachable.",
          runbook_url: "components/load-balancer/runbook.md#retries",
        },
      },
      {
        alert: "LoadBalancerConnectionsFull",
        expr:
          `haproxy_process_current_connections{job="${name}"} > ${FULL_SHARE} * ` +
          `haproxy_process_max_connections{job="${name}"}`,
        for: "5m",
        labels: { severity: "page" },
        annotations: {
          summary: `{{ $labels.pod }} uses over ${100 * FULL_SHARE} % of the connections it may hold`,
          runbook_url: "components/load-balancer/runbook.md#connections-full",
        },
      },
    ],
  };
}

/** Certificates that end, are not there, or are refused, for a balancer named `name` that ends TLS. */
export function certificateAlerts(name: string): RuleGroup {
  const job = `job="${name}-certificates"`;
  const left = `(min by (namespace, certificate) (holdfast_certificate_expires_seconds{${job}}) - time())`;
  const page = (section: string) => `components/load-balancer/runbook.md#${section}`;
  return {
    name: `${name}-certificates`,
    rules: [
      {
        alert: "LoadBalancerCertificateExpires",
        expr: `${left} < ${EXPIRES_DAYS} * 86400`,
        for: "10m",
        labels: { severity: "ticket" },
        annotations: {
          summary: "The certificate of {{ $labels.certificate }} ends in {{ $value | humanizeDuration }}",
          description: "Whoever renews it has not done so; or what came is refused.",
          runbook_url: page("certificate-expires"),
        },
      },
      {
        alert: "LoadBalancerCertificateExpiresSoon",
        expr: `${left} < ${EXPIRES_SOON_DAYS} * 86400`,
        for: "10m",
        labels: { severity: "page" },
        annotations: {
          summary: "The certificate of {{ $labels.certificate }} ends in {{ $value | humanizeDuration }}",
          description: "After that no browser lets anybody in.",
          runbook_url: page("certificate-expires"),
        },
      },
      {
        alert: "LoadBalancerNoCertificate",
        expr: `min by (namespace, pod, certificate) (holdfast_certificate_in_use{${job}}) == 0`,
        for: "5m",
        labels: { severity: "page" },
        annotations: {
          summary: "{{ $labels.pod }} has no certificate of {{ $labels.certificate }}",
          description: "It serves one that nobody trusts in its place, and does not redirect to https.",
          runbook_url: page("no-certificate"),
        },
      },
      {
        alert: "LoadBalancerCertificateRefused",
        expr: `max by (namespace, certificate) (holdfast_certificate_refused{${job}}) == 1`,
        for: "5m",
        labels: { severity: "ticket" },
        annotations: {
          summary: "What is in the Secret {{ $labels.certificate }} is not used; the certificate before still is",
          description: "The agent's log says why: key, names, dates, or nothing there.",
          runbook_url: page("certificate-refused"),
        },
      },
    ],
  };
}
