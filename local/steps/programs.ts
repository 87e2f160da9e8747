import { chmodSync, copyFileSync, cpSync, mkdirSync, renameSync } from "node:fs";
import { availableParallelism, totalmem } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { cache, localPath } from "../paths";
import { VERSIONS } from "../versions";
import { contents } from "./inputs";
import type { Step } from "./step";

/** One `go build` call: packages of one module with the same linker flags. */
interface GoBuild {
  name: string;
  title: string;
  module: "cli" | "host" | "cluster" | "acme";
  packages: string[];
  /** `-X` settings: variable to value. They change only linking, so calls share the compiled packages. */
  stamps: Record<string, string>;
  /** New names of programs, by the name that Go gives them. */
  rename?: Record<string, string>;
  seconds: number;
  needs?: Step[];
}

/**
 * Compiler flags, the same in every call so that calls share the build cache. Without DWARF and garbage collection the
 * compiler takes a quarter less time.
 */
const GO_FLAGS = ["-p", String(availableParallelism() * 2), "-trimpath", "-gcflags=all=-dwarf=false"];

function goEnvironment(): Record<string, string> {
  const plenty = totalmem() > 8 * 2 ** 30;
  return {
    CGO_ENABLED: "0",
    GOFLAGS: "-mod=readonly",
    GOWORK: "off",
    GOTOOLCHAIN: "local",
    GOCACHE: join(cache, "go-build"),
    ...(plenty ? { GOGC: "off", GOMEMLIMIT: "3GiB" } : { GOGC: "400" }),
  };
}

/** Copies the module beside its output, so that a build writes nothing into the checkout. */
async function workingCopy(module: string, folder: string, environment: Record<string, string>): Promise<void> {
  cpSync(localPath(`toolchain/${module}`), folder, { recursive: true });
  if (module !== "cluster") return;
  // The provider embeds its schema; the module carries it beside the official main.
  const provider = "github.com/pulumi/pulumi-kubernetes/provider/v4";
  const { stdout } = await execa("go", ["list", "-m", "-f", "{{.Dir}}", provider], { cwd: folder, env: environment });
  for (const name of ["schema", "terraform-mapping"]) {
    const target = join(folder, "pulumi-resource-kubernetes", `${name}-embed.json`);
    copyFileSync(join(stdout, "cmd/pulumi-resource-kubernetes", `${name}.json`), target);
    chmodSync(target, 0o644);
  }
}

function goStep(build: GoBuild): Step {
  const ldflags = [
    "-s",
    "-w",
    ...Object.entries(build.stamps).map(([variable, value]) => `-X ${variable}=${value}`),
  ].join(" ");
  return {
    name: build.name,
    title: build.title,
    needs: build.needs ?? [],
    lane: "cpu",
    seconds: build.seconds,
    inputs: () => [...contents(localPath(`toolchain/${build.module}`)), ...build.packages, ldflags, process.arch],
    build: async ({ out }, say) => {
      const environment = goEnvironment();
      const source = join(cache, "go-source", build.name);
      mkdirSync(source, { recursive: true });
      say("downloading modules");
      await execa("go", ["mod", "download"], { cwd: localPath(`toolchain/${build.module}`), env: environment });
      await workingCopy(build.module, source, environment);
      say(`compiling ${build.packages.length} programs`);
      await execa("go", ["build", ...GO_FLAGS, "-ldflags", ldflags, "-o", `${out}/`, ...build.packages], {
        cwd: source,
        env: environment,
      });
      for (const [from, to] of Object.entries(build.rename ?? {})) renameSync(join(out, from), join(out, to));
    },
  };
}

const pulumiVersion = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version";

/** The Pulumi CLI, genuine. */
export const pulumiCli = goStep({
  name: "pulumi",
  title: `Pulumi CLI ${VERSIONS.pulumiBuilt}`,
  module: "cli",
  seconds: 75,
  packages: ["github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"],
  stamps: { [pulumiVersion]: `v${VERSIONS.pulumiBuilt}` },
});

/** Pulumi's Node.js language host, genuine. */
export const languageHost = goStep({
  name: "language-host",
  title: `Node.js language host ${VERSIONS.languageHost}`,
  module: "host",
  seconds: 10,
  packages: ["github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/pulumi-language-nodejs"],
  stamps: { [pulumiVersion]: `v${VERSIONS.languageHost}` },
});

const kubernetesVersion = Object.fromEntries(
  ["k8s.io/component-base/version", "k8s.io/client-go/pkg/version"].flatMap((path) => [
    [`${path}.gitVersion`, `v${VERSIONS.kubernetes}`],
    [`${path}.gitMajor`, "1"],
    [`${path}.gitMinor`, "34"],
    [`${path}.gitTreeState`, "clean"],
  ]),
);

/** Pulumi's Kubernetes provider, genuine; first of its module, because a preview needs nothing else of it. */
export const kubernetesProvider = goStep({
  name: "kubernetes-provider",
  title: `Kubernetes provider ${VERSIONS.kubernetesProvider}`,
  module: "cluster",
  seconds: 260,
  packages: ["./pulumi-resource-kubernetes"],
  stamps: { "github.com/pulumi/pulumi-kubernetes/provider/v4/pkg/version.Version": VERSIONS.kubernetesProvider },
});

/** Kubernetes, kind and what a cluster needs beside them, genuine. */
export const clusterPrograms = goStep({
  name: "cluster-programs",
  title: `Kubernetes ${VERSIONS.kubernetes}, kind ${VERSIONS.kind} and their companions`,
  module: "cluster",
  seconds: 260,
  packages: [
    ...[
      "kubeadm",
      "kubelet",
      "kubectl",
      "kube-apiserver",
      "kube-controller-manager",
      "kube-scheduler",
      "kube-proxy",
    ].map((name) => `k8s.io/kubernetes/cmd/${name}`),
    "go.etcd.io/etcd/server/v3",
    "./coredns",
    "github.com/cloudnativelabs/kube-router/v2/cmd/kube-router",
    "k8s.io/kube-state-metrics/v2",
    "sigs.k8s.io/kind",
  ],
  stamps: {
    ...kubernetesVersion,
    "github.com/cloudnativelabs/kube-router/v2/pkg/version.Version": VERSIONS.kubeRouter,
  },
  rename: { server: "etcd" },
  needs: [kubernetesProvider],
});

/** metrics-server, linked alone because its version is in the variable that holds Kubernetes' version elsewhere. */
export const metricsServer = goStep({
  name: "metrics-server",
  title: `metrics-server ${VERSIONS.metricsServer}`,
  module: "cluster",
  seconds: 5,
  packages: ["sigs.k8s.io/metrics-server/cmd/metrics-server"],
  stamps: { "k8s.io/client-go/pkg/version.gitVersion": VERSIONS.metricsServer },
  needs: [clusterPrograms],
});

/** local-path-provisioner, built alone because it imports a logging module under another spelling. */
export const localPathProvisioner = goStep({
  name: "local-path-provisioner",
  title: `local-path-provisioner ${VERSIONS.localPathProvisioner}`,
  module: "cluster",
  seconds: 5,
  packages: ["github.com/rancher/local-path-provisioner"],
  stamps: { "main.VERSION": VERSIONS.localPathProvisioner },
  needs: [clusterPrograms],
});

/** Let's Encrypt's ACME server for tests, genuine. */
export const acmeServer = goStep({
  name: "acme-server",
  title: "pebble, an ACME server for tests",
  module: "acme",
  seconds: 15,
  packages: ["github.com/letsencrypt/pebble/v2/cmd/pebble"],
  stamps: {},
});
