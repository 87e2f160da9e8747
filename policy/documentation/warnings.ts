/** A warning that kube-score still gives on the stack's rendered manifests. */
export interface ExplainedWarning {
  /** Part of kube-score's own line. */
  text: string;
  /** Which objects it is about. */
  about: string;
  /** Why it stays. */
  why: string;
}

/** Every warning of kube-score that remains, with the reason. */
export const EXPLAINED_WARNINGS: ExplainedWarning[] = [
  {
    text: "does not have a host podAntiAffinity set",
    about: "web tier, poolers, Redis, Sentinel, Prometheus, Alertmanager",
    why:
      "they are kept apart by topologySpreadConstraints over nodes and zones, which kube-score does not count " +
      "here; `spread-over-nodes` does",
  },
  {
    text: "The service is of type NodePort",
    about: "load-balancer",
    why:
      "the entry of the whole stack: a port of each entry node, with `externalTrafficPolicy: Local`, so that no " +
      "address in the path keeps a dead node's pods; `exposed-service-local` and `no-private-port-exposed` watch it",
  },
  {
    text: "Deployment few replicas",
    about: "kube-state-metrics",
    why:
      "a second one would count every object twice; no request waits for it, and `TargetDown` tells when it is " +
      "gone (`request-path-redundant`)",
  },
  {
    text: "Deployment update strategy",
    about: "kube-state-metrics",
    why: "replaced rather than rolled, because two side by side would double every series",
  },
];
