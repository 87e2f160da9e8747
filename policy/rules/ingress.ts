import { eachObject } from "../engine/checks";
import type { Rule } from "../engine/rule";

interface Backend {
  service?: { name?: string };
}
interface IngressSpec {
  defaultBackend?: Backend;
  rules?: { host?: string; http?: { paths?: { backend?: Backend }[] } }[];
  tls?: { hosts?: string[]; secretName?: string }[];
}

const SNIPPETS = /^nginx\.ingress\.kubernetes\.io\/(.*-snippet|.*-snippets)$/;

/** HTTP from outside. */
export const ingressRules: Rule[] = [
  {
    id: "ingress-encrypted",
    title: "Ingresses name their host and serve it over TLS",
    why:
      "Without TLS sessions and passwords travel in clear; without a host the Ingress answers for every name that " +
      "points at the cluster.",
    fix: "Set `host` in each rule and list it under `tls` with a certificate's Secret.",
    scope: "object",
    checks: eachObject(["Ingress"], function* (ingress): Iterable<string> {
      const { rules = [], tls = [] } = ingress.spec<IngressSpec>();
      if (tls.length === 0) yield "spec.tls is missing";
      for (const [index, { host }] of rules.entries()) {
        if (!host || host.startsWith("*")) yield `spec.rules[${index}].host is missing or a wildcard`;
        else if (tls.length > 0 && !tls.some(({ hosts = [] }) => hosts.length === 0 || hosts.includes(host)))
          yield `spec.rules[${index}].host is in no entry of spec.tls`;
      }
    }),
  },
  {
    id: "ingress-leads-somewhere",
    title: "Ingress backends exist",
    why: "A backend that is not there answers every request with 503.",
    fix: "Name a Service of the same namespace.",
    scope: "graph",
    checks: eachObject(["Ingress"], function* (ingress, graph): Iterable<string> {
      const { defaultBackend, rules = [] } = ingress.spec<IngressSpec>();
      const missing = (backend: Backend | undefined): boolean =>
        backend?.service?.name !== undefined && !graph.find("Service", ingress.namespace, backend.service.name);
      if (missing(defaultBackend)) yield "spec.defaultBackend names no Service that is declared here";
      for (const [index, { http }] of rules.entries()) {
        if (http?.paths?.some(({ backend }) => missing(backend)))
          yield `spec.rules[${index}] names a Service that is not declared here`;
      }
    }),
  },
  {
    id: "ingress-no-snippets",
    title: "Ingresses inject no nginx configuration",
    why: "A configuration snippet reads the controller's token, and so every Secret of the cluster (CVE-2021-25742).",
    fix: "Use the annotation made for the purpose, or change the controller's own configuration.",
    prevents: ["https://github.com/kubernetes/ingress-nginx/issues/7837"],
    scope: "object",
    checks: eachObject(["Ingress"], (ingress) =>
      Object.keys(ingress.metadata.annotations ?? {}).some((key) => SNIPPETS.test(key))
        ? "metadata.annotations injects a configuration snippet"
        : undefined,
    ),
  },
];
