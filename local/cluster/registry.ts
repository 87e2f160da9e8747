import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import pRetry from "p-retry";
import { request } from "undici";
import { engineFolder } from "../paths";
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

/** Makes sure of kind's network, which has to be there before anything joins it. */
export async function ensureNetwork(): Promise<void> {
  if ((await execa("docker", ["network", "inspect", NETWORK], { reject: false })).exitCode === 0) return;
  await execa("docker", ["network", "create", "--driver", "bridge", "--opt", "com.docker.network.bridge.enable_ip_masquerade=true", NETWORK]);
}

/** kind's documented local registry: started if it is not running, its content kept in the cache. */
export async function ensureRegistry(): Promise<void> {
  await ensureNetwork();
  if (await running(REGISTRY.container)) return;
  await execa("docker", ["rm", "--force", REGISTRY.container], { reject: false });
  const data = join(engineFolder, "registry");
  mkdirSync(data, { recursive: true });
  await execa("docker", [
    "run", "--detach", "--restart", "always", "--name", REGISTRY.container, "--network", NETWORK,
    "--publish", `127.0.0.1:${REGISTRY.port}:5000`, "--volume", `${data}:/var/lib/registry`, "registry:2",
  ]);
  await pRetry(() => request(`${url}/v2/`).then((answer) => answer.body.dump()), { retries: 40, minTimeout: 250, factor: 1 });
}

async function inRegistry(name: string): Promise<string | undefined> {
  const [repository, tag] = name.split(/:(?=[^/:]+$)/);
  const answer = await request(`${url}/v2/${repository}/manifests/${tag}`, {
    method: "HEAD", headers: { accept: "application/vnd.docker.distribution.manifest.v2+json" },
  });
  await answer.body.dump();
  return answer.statusCode === 200 ? String(answer.headers["docker-content-digest"]) : undefined;
}

async function localDigests(reference: string): Promise<string[]> {
  const { stdout } = await execa("docker", ["image", "inspect", "-f", "{{range .RepoDigests}}{{println .}}{{end}}", reference], { reject: false });
  return stdout.split("\n").filter(Boolean).map((line) => line.split("@")[1] ?? "");
}

/** Pushes images that the registry has not, or has in another version; layers it knows cost nothing. */
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
