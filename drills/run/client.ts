import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { V1PodSpec } from "@kubernetes/client-node";
import { Kubectl, reasonOf, type Cluster } from "../../cluster/kubectl";
import { bundleAgent } from "../agent/bundle";
import { MARKS, PATHS, type AgentConfig } from "../agent/config";
import { CLIENT, createClient, webPods } from "../agent/manifests";
import type { History, WayName } from "../load/history";
import { readJournal } from "../load/journal";
import { execute } from "../stack/execute";
import { until } from "../stack/pause";
import { everyOne, type Subjects } from "../stack/subject";

const START_SECONDS = 120;
/** The last statements of the load may take the client's whole deadline. */
const STOP_SECONDS = 60;
/** One call; the longest fetches a journal. */
const CALL_SECONDS = 60;

/** What the load pod brought back for one way. */
export interface ClientResult {
  history: History;
  /** For Redis: the ids that are there, as the agent looked them up itself. */
  found: string[];
}

/** Load from inside the cluster. */
export class LoadClient {
  private readonly kubectl: Kubectl;

  private constructor(cluster: Cluster) {
    this.kubectl = new Kubectl(cluster, { seconds: CALL_SECONDS, apart: true, exact: true });
  }

  /**
   * Makes the pod and waits until each of its ways has had a first acknowledgement.
   *
   * @throws Error with what the pod says, where it does not get that far
   */
  static async start(
    cluster: Cluster,
    subjects: Subjects,
    node: string,
    config: AgentConfig,
    signal: AbortSignal,
  ): Promise<LoadClient> {
    const client = new LoadClient(cluster);
    const spec = await client.kubectl.run("get", "deployment", subjects.shop, "-o", "jsonpath={.spec.template.spec}");
    const web = webPods(subjects.shop, JSON.parse(spec) as V1PodSpec);
    const entrances = Object.assign({}, ...everyOne(subjects).map((one) => one.entrances)) as Record<string, number>;
    const program = await bundleAgent();
    await execute(cluster, createClient({ namespace: cluster.namespace, node, web, entrances, program, config }));
    const ready = await until(() => client.has(MARKS.ready), { every: 1, atMost: START_SECONDS }, signal);
    if (!ready)
      throw new Error(
        `the load pod did not get ready: ${await client.kubectl.run("logs", CLIENT, "--tail=3").catch(reasonOf)}`,
      );
    return client;
  }

  /**
   * Ends the load and fetches its journals.
   *
   * @param folder where copies of them are kept
   */
  async finish(folder: string, signal: AbortSignal): Promise<Map<WayName, ClientResult>> {
    await this.inPod(`touch ${PATHS.journal}/${MARKS.stop}`);
    if (!(await until(() => this.has(MARKS.done), { every: 1, atMost: STOP_SECONDS }, signal))) {
      throw new Error("the load pod did not come to an end");
    }
    mkdirSync(folder, { recursive: true });
    const results = new Map<WayName, ClientResult>();
    for (const name of (await this.inPod(`ls ${PATHS.journal}`)).split("\n").filter((file) => file.includes("."))) {
      const text = await this.inPod(`cat ${PATHS.journal}/${name}`);
      writeFileSync(join(folder, name), text);
      const way = name.split("-")[0] as WayName;
      const result = results.get(way) ?? { history: { writes: [], reads: [], resends: [] }, found: [] };
      results.set(way, result);
      if (name.endsWith(".json")) {
        result.found.push(...(JSON.parse(text) as string[]));
        continue;
      }
      const { writes, reads, resends } = readJournal(text);
      result.history.writes.push(...writes);
      result.history.reads.push(...reads);
      result.history.resends.push(...resends);
    }
    return results;
  }

  private async has(mark: string): Promise<boolean> {
    return this.inPod(`test -e ${PATHS.journal}/${mark}`).then(
      () => true,
      () => false,
    );
  }

  private async inPod(script: string): Promise<string> {
    return this.kubectl.run("exec", CLIENT, "--", "sh", "-c", script);
  }
}
