/**
 * Every version that is downloaded or built. The versions of the Go modules are in `toolchain/<module>/go.mod` and
 * `go.sum`; those here are the names of the results.
 */
export const VERSIONS = {
  /**
   * CLI built from Go modules. The newest whose policy packs still start through a language host that is a Go module.
   */
  pulumiBuilt: "3.171.0",
  /** CLI that is downloaded where possible; the same release as the npm SDK. */
  pulumiOfficial: "3.248.0",
  /** Node.js language host: the last release line that has it inside `pulumi/sdk/v3`. */
  languageHost: "3.68.0",
  /** Kubernetes provider; equals `@pulumi/kubernetes` in package.json, or the engine would want another. */
  kubernetesProvider: "4.25.0",
  /** Plugin versions the npm packages ask for. */
  randomProvider: "4.21.2",
  dockerProvider: "4.11.2",
  kubernetes: "1.34.4",
  kind: "0.33.0",
  etcd: "3.6.5-0",
  /** The tag kubeadm 1.34 asks for; what is built is 1.12.2, see images/programs. */
  coredns: "v1.12.1",
  pause: "3.10.1",
  kubeRouter: "v2.1.0",
  metricsServer: "v0.8.0",
  localPathProvisioner: "v0.0.30",
  kubeStateMetrics: "v2.15.0",
} as const;

/** Name of the cluster Holdfast makes; its kube context is `kind-<name>`. */
export const CLUSTER = "holdfast";

/** kind's documented local registry: container name, and the port published on 127.0.0.1. */
export const REGISTRY = { container: "kind-registry", port: 5001, host: "localhost:5001" } as const;
