import { execa } from "execa";
import { readFileSync } from "node:fs";
import pRetry from "p-retry";
import { Kubectl } from "../../cluster/kubectl";
import { Refusal } from "../../config/refusal";
import { ensureClusterTools } from "../engine/tools";
import { localPath } from "../paths";
import { demandFree, isFree } from "../ports";
import { CLUSTER } from "../versions";
import { kindConfig, SECURE, type PublishedPort } from "./kind-config";
import { announceRegistry, teachRegistry } from "./registry";

/** Kubeconfig context of Holdfast's own cluster. */
export const CONTEXT = `kind-${CLUSTER}`;

/** CPU shares of a node's container; a single process group has 1024. */
const NODE_CPU_SHARES = 16_384;

/** ConfigMap that is written last. A cluster without it was interrupted while it was made, and holds no data yet. */
const COMPLETE = "holdfast-cluster";

/** The same mark in the control plane's container, where it can be read while the API does not answer. */
const MARK = "/kind/holdfast-complete";

const kubectl = new Kubectl({ context: CONTEXT });
const system = new Kubectl({ context: CONTEXT, namespace: "kube-system" });

/** Names of the cluster's node containers, running or not; empty where there is no cluster. */
export async function nodes(): Promise<string[]> {
  const { stdout } = await execa(
    "docker",
    ["ps", "--all", "--format", "{{.Names}}", "--filter", `label=io.x-k8s.kind.cluster=${CLUSTER}`],
    { reject: false },
  );
  return stdout.split("\n").filter(Boolean).sort();
}

/** True where the API answers and the cluster was made to its end. */
async function complete(seconds: number): Promise<boolean> {
  const check = async (): Promise<void> => {
    if (!(await system.with({ apiSeconds: 3 }).get("configmap", COMPLETE))) throw new Error("half made");
  };
  return pRetry(check, { retries: seconds, minTimeout: 1_000, factor: 1 }).then(
    () => true,
    () => false,
  );
}

/** Whether Holdfast's cluster exists and answers at once. */
export async function clusterRuns(): Promise<boolean> {
  if ((await nodes()).length === 0) return false;
  // Without kubectl every cluster would look like one that does not answer.
  await ensureClusterTools(["kubectl"]);
  return complete(0);
}

async function configureDns(offline: boolean): Promise<void> {
  if (offline) {
    const corefile = readFileSync(localPath("cluster/manifests/corefile-offline.txt"), "utf8");
    await system.patch("configmap", "coredns", { data: { Corefile: corefile } });
  }
  await system.run("patch", "deployment", "coredns", "--patch-file", localPath("cluster/manifests/coredns-patch.yaml"));
}

/** Workloads that have to be ready before anything else can run on the cluster. */
const ADD_ONS = [
  ["kube-system", "deployment/coredns"],
  ["kube-system", "deployment/metrics-server"],
  ["local-path-storage", "deployment/local-path-provisioner"],
] as const;

/** Waits until nodes, DNS, storage and metrics are ready, and reports what it waits for. */
async function waitForAddOns(say: (line: string) => void): Promise<void> {
  say("waiting for nodes");
  await kubectl.run("wait", "--for=condition=Ready", "node", "--all", "--timeout=180s");
  for (const [namespace, what] of ADD_ONS) {
    say(`waiting for ${what}`);
    await kubectl.run("-n", namespace, "rollout", "status", what, "--timeout=180s");
  }
}

/** How a cluster is made. */
export interface ClusterPlan {
  /** Node image; undefined lets kind choose and pull its own. */
  image: string | undefined;
  /** Whether the machine has no access to the outside, so that DNS has to answer "no such name" at once. */
  offline: boolean;
  port: PublishedPort;
}

async function create(plan: ClusterPlan, say: (line: string) => void): Promise<void> {
  await demandFree(plan.port.hostPort, "the shop", "end that, or set `url` to another port");
  const secure = await isFree(SECURE.hostPort);
  if (!secure) say(`port ${SECURE.hostPort} of 127.0.0.1 is taken, so https is not published there`);
  say("kind create cluster, one control plane and three workers");
  await execa("kind", ["create", "cluster", "--name", CLUSTER, "--config", "-", "--wait", "0s"], {
    input: kindConfig(plan.image, secure ? [plan.port, SECURE] : [plan.port]),
  });
  const names = await nodes();
  await teachRegistry(names, plan.offline);
  await announceRegistry(CONTEXT);
  // By default a whole node gets as much CPU as one process of the machine, and its databases would fail over under
  // load.
  await execa("docker", ["update", "--cpu-shares", String(NODE_CPU_SHARES), ...names]);
  await configureDns(plan.offline);
  await kubectl.run("apply", "-f", localPath("cluster/manifests/metrics-server.yaml"));
  await waitForAddOns(say);
  await system.run("create", "configmap", COMPLETE);
  await execa("docker", ["exec", `${CLUSTER}-control-plane`, "touch", MARK]);
}

/** Starts the node containers of a cluster after a restart of the container engine or the machine. */
async function revive(names: string[], say: (line: string) => void): Promise<boolean> {
  say("starting the nodes of the cluster that is there");
  await execa("docker", ["start", ...names]);
  await execa("kind", ["export", "kubeconfig", "--name", CLUSTER], { reject: false });
  return complete(90);
}

/** Removes Holdfast's cluster, whole or half made. */
export async function deleteCluster(): Promise<void> {
  await execa("kind", ["delete", "cluster", "--name", CLUSTER]);
}

/** The state of the cluster's containers. */
export interface ClusterState {
  /** Number of node containers, running or not. */
  nodes: number;
  /** Whether its API answers and has the ConfigMap that is written last. */
  answers: boolean;
  /** Whether it was completed once, so that it may hold data. */
  finished: boolean;
}

/**
 * What to do about the cluster: make it, use it, remake a half-made one, or leave a finished one that does not answer
 * to the user.
 */
export function verdict({ nodes: count, answers, finished }: ClusterState): "make" | "use" | "remake" | "leave" {
  if (count === 0) return "make";
  if (answers) return "use";
  return finished ? "leave" : "remake";
}

/** Whether a node container has the mark, which can also be read while the container is stopped. */
async function finished(names: string[]): Promise<boolean> {
  const marks = await Promise.all(
    names.map((name) => execa("docker", ["cp", `${name}:${MARK}`, "-"], { reject: false, stdout: "ignore" })),
  );
  return marks.some(({ exitCode }) => exitCode === 0);
}

/**
 * Makes sure that Holdfast's cluster runs: uses it, starts it again, or makes it. A half-made one is made again.
 *
 * @returns true where it was made, so that it holds no data yet
 * @throws Refusal where a finished cluster does not answer: it may hold data, so only the user may replace it
 */
export async function ensureCluster(plan: ClusterPlan, say: (line: string) => void): Promise<boolean> {
  const names = await nodes();
  const running =
    names.length === 0 ? "" : (await execa("docker", ["inspect", "-f", "{{.State.Running}}", ...names])).stdout;
  const stopped = running.includes("false");
  const answers = names.length > 0 && (stopped ? await revive(names, say) : await complete(5));
  switch (verdict({ nodes: names.length, answers, finished: !answers && (await finished(names)) })) {
    case "use":
      if (stopped) await waitForAddOns(say);
      return false;
    case "leave":
      throw new Refusal(
        `The cluster ${CLUSTER} is there but does not answer, and it may hold data; look with \`docker logs ` +
          `${CLUSTER}-control-plane\`, or begin anew with \`npm run down -- --all\`.`,
      );
    case "remake":
      say("a half-made cluster is removed first");
      await deleteCluster();
  }
  await create(plan, say);
  return true;
}
