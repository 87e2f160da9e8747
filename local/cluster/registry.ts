import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import pRetry from "p-retry";
import { request } from "undici";
import { Kubectl } from "../../cluster/kubectl";
import { engineFolder } from "../paths";
import { demandFree } from "../ports";
import { REGISTRY } from "../versions";

/** Docker network that kind puts its nodes on. */
export const NETWORK = "kind";

const url = `http://127.0.0.1:${REGISTRY.port}`;

/**
 * The name an image has in the local registry: its repository without the host, Docker Hub's own under `library/`,
 * as a node's container runtime asks a mirror for it.
 */
export function mirroredName(reference: string): string {
  const parts = reference.split("/");
  const first = parts[0] ?? "";
  if (parts.length > 1 && /[.:]/.test(first)) return parts.slice(1).join("/");
  return parts.length === 1 ? `library/${first}` : reference;
}

async function running(container: string): Promise<boolean> {
  const { stdout } = await execa("docker", ["inspect", "-f", "{{.State.Running}}", container], { reject: false });
  return stdout.trim() === "true";
}

/** Makes kind's network if it is missing, because the registry joins it before kind does. */
async function ensureNetwork(): Promise<void> {
  if ((await execa("docker", ["network", "inspect", NETWORK], { reject: false })).exitCode === 0) return;
  await execa("docker", [
    "network",
    "create",
    "--driver",
    "bridge",
    "--opt",
    "com.docker.network.bridge.enable_ip_masquerade=true",
    NETWORK,
  ]);
}

/** Starts kind's documented local registry if it is not running. Its content is kept in the cache. */
export async function ensureRegistry(): Promise<void> {
  await ensureNetwork();
  if (await running(REGISTRY.container)) return;
  await execa("docker", ["rm", "--force", REGISTRY.container], { reject: false });
  await demandFree(REGISTRY.port, "the local registry", "end that");
  const data = join(engineFolder, "registry");
  mkdirSync(data, { recursive: true });
  await execa("docker", [
    "run",
    "--detach",
    "--restart",
    "always",
    "--name",
    REGISTRY.container,
    "--network",
    NETWORK,
    "--publish",
    `127.0.0.1:${REGISTRY.port}:5000`,
    "--volume",
    `${data}:/var/lib/registry`,
    "registry:2",
  ]);
  await pRetry(() => request(`${url}/v2/`).then((answer) => answer.body.dump()), {
    retries: 40,
    minTimeout: 250,
    factor: 1,
  });
}

/** Folder of a node's container runtime with the settings of registries, one folder for each host. */
const CERTS_D = "/etc/containerd/certs.d";

/** The nodes whose container runtime does not read {@link CERTS_D}: nodes of kind before 0.27. */
export async function lacksCertsD(nodes: string[]): Promise<string[]> {
  const reads = await Promise.all(
    nodes.map((node) =>
      execa("docker", ["exec", node, "grep", "-q", CERTS_D, "/etc/containerd/config.toml"], { reject: false }),
    ),
  );
  return nodes.filter((_, i) => reads[i]?.exitCode !== 0);
}

/**
 * Teaches kind nodes where the local registry is, as kind documents it.
 *
 * @param everything whether the nodes pull the images of all other registries from it too, without access to the
 *   outside
 */
export async function teachRegistry(nodes: string[], everything: boolean): Promise<void> {
  const file = `[host."http://${REGISTRY.container}:5000"]\n  capabilities = ["pull", "resolve"]\n`;
  const folders = [REGISTRY.host, ...(everything ? ["_default"] : [])].map((host) => `${CERTS_D}/${host}`);
  const write = folders.map((folder) => `mkdir -p ${folder} && printf '%s' "$1" > ${folder}/hosts.toml`).join(" && ");
  await Promise.all(nodes.map((node) => execa("docker", ["exec", node, "sh", "-c", write, "sh", file])));
}

/** Announces the registry to other tools, with the ConfigMap of Kubernetes' KEP 1755. */
export async function announceRegistry(context: string): Promise<void> {
  const manifest = {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "local-registry-hosting", namespace: "kube-public" },
    data: {
      "localRegistryHosting.v1":
        `host: "${REGISTRY.host}"\nhelp: ` + `"https://kind.sigs.k8s.io/docs/user/local-registry/"\n`,
    },
  };
  await new Kubectl({ context }, { input: JSON.stringify(manifest) }).run("apply", "-f", "-");
}

async function inRegistry(name: string): Promise<string | undefined> {
  const [repository, tag] = name.split(/:(?=[^/:]+$)/);
  const answer = await request(`${url}/v2/${repository}/manifests/${tag}`, {
    method: "HEAD",
    headers: { accept: "application/vnd.docker.distribution.manifest.v2+json" },
  });
  await answer.body.dump();
  return answer.statusCode === 200 ? String(answer.headers["docker-content-digest"]) : undefined;
}

async function localDigests(reference: string): Promise<string[]> {
  const { stdout } = await execa(
    "docker",
    ["image", "inspect", "-f", "{{range .RepoDigests}}{{println .}}{{end}}", reference],
    { reject: false },
  );
  return stdout
    .split("\n")
    .filter(Boolean)
    .map((line) => line.split("@")[1] ?? "");
}

/** Pushes the images that the registry does not have in this version. */
export async function pushMissing(references: string[], say: (line: string) => void): Promise<void> {
  for (const reference of references) {
    const name = mirroredName(reference);
    const stored = await inRegistry(name);
    if (stored && (await localDigests(reference)).includes(stored)) continue;
    say(`push ${reference}`);
    const target = `${REGISTRY.host}/${name}`;
    await execa("docker", ["tag", reference, target]);
    await execa("docker", ["push", "--quiet", target]);
  }
}
