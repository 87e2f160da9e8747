import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { AgentConfig } from "../agent/config";
import { removeClient } from "../agent/manifests";
import { copiesKept, readDataDirectories } from "../check/copies";
import type { Drill, Plan } from "../drill";
import { heal } from "../heal/healer";
import type { HealFile } from "../heal/record";
import type { LoadShape } from "../load/drive";
import type { WayName } from "../load/history";
import { readJournal } from "../load/journal";
import { dice } from "../load/seed";
import type { Cluster } from "../../cluster/kubectl";
import type { Command } from "../stack/command";
import { commandLine, executeAll } from "../stack/execute";
import { checkDrill, checkShop, checkWhole } from "../stack/guard";
import { pause, until } from "../stack/pause";
import { readState } from "../stack/read-state";
import { whatServes } from "../stack/shop";
import { podsOf } from "../../cluster/state";
import { leaderOf, type StackState } from "../stack/state";
import type { Subjects } from "../stack/subject";
import { watchCluster } from "../watch/cluster-watch";
import { Timeline } from "../watch/timeline";
import { LoadClient } from "./client";
import { conclude, type RunResult, type WayHistory } from "./conclude";
import type { Pace } from "./pace";
import { ShopLoad } from "./shop-load";
import { createTable, PREFIX, removeTraces } from "./traces";
import { waitUntilWhole } from "./whole-again";

/** What every run of a drill has in common. */
export interface Setting {
  cluster: Cluster;
  /** What the stack is made of. */
  subjects: Subjects;
  drill: Drill;
  /** Ways beside the shop's. */
  also: WayName[];
  shape: LoadShape;
  /** The shop's URL. */
  url: string;
  /** Folder for the journals. */
  folder: string;
  healFile: HealFile;
  pace: Pace;
  say: (line: string) => void;
}

/** The load pod ends by itself after this, whatever becomes of us. */
const LOAD_AT_MOST_SECONDS = 1_200;

/** A node for the load pod that the fault spares. */
function clientNode(plan: Plan, state: StackState): string {
  if (plan.clientNode !== undefined) return plan.clientNode;
  const spared = state.nodes.filter((node) => !plan.nodes.includes(node.name));
  const node = spared.find((candidate) => candidate.controlPlane) ?? spared[0] ?? state.nodes[0];
  if (!node) throw new Error("the cluster has no node");
  return node.name;
}

/**
 * Runs a drill once: checks, load, fault, hold, heal, whole again, check.
 * Where it throws, the heal record is left for the caller, who heals.
 *
 * @param run its number, from 1
 * @param seed of this run
 */
export async function runOnce(setting: Setting, run: number, seed: number, signal: AbortSignal): Promise<RunResult> {
  const { cluster, subjects, drill, healFile, pace, say } = setting;
  const { store, witness } = subjects;
  signal.throwIfAborted();
  const timeline = new Timeline();
  const note = (text: string): void => {
    timeline.add("drill", text);
    say(text);
  };

  const [found, serves] = await Promise.all([readState(cluster, subjects, signal), whatServes(setting.url, signal)]);
  checkShop(serves);
  checkWhole(found, serves);
  checkDrill(drill, found);
  const plan = drill.plan(found);
  const folder = join(setting.folder, `run-${run}`);
  mkdirSync(folder, { recursive: true });
  const prefix = `${PREFIX}${Date.now().toString(36)}-${run}`;
  const cleanUp = removeClient(cluster.namespace);
  healFile.write({
    version: 1,
    drill: drill.name,
    ...cluster,
    pid: process.pid,
    startedAt: new Date().toISOString(),
    heal: [...plan.heal, cleanUp],
  });
  note(`run ${run}, seed ${seed}: ${plan.target}`);
  await executeAll(cluster, plan.prepare ?? [], signal);
  const before = await readState(cluster, subjects, signal);
  await createTable(cluster, store, leaderOf(before, store.name).name);
  const copiesBefore = await readDataDirectories(cluster, store, before);

  const watch = await watchCluster(cluster, timeline);
  const running: ShopLoad[] = [];
  const start = (shop: ShopLoad): ShopLoad => {
    running.push(shop);
    return shop;
  };
  try {
    const config: AgentConfig = {
      ways: setting.also.filter((way) => way !== "shop"),
      shape: setting.shape,
      prefix,
      seed,
      atMostSeconds: LOAD_AT_MOST_SECONDS,
      ...(plan.direct ? { direct: plan.direct } : {}),
    };
    const client =
      config.ways.length === 0
        ? undefined
        : await LoadClient.start(cluster, subjects, clientNode(plan, before), config, signal);
    const { load, journalPath } = start(
      new ShopLoad(setting.url, setting.shape, `${prefix}-shop`, seed, join(folder, "shop.ndjson")),
    );
    await pause(pace.warmUpSeconds + dice(seed).between(0, pace.jitterMs) / 1000, signal);

    const faultAt = Date.now();
    const begins = (command: Command): void =>
      note(`fault: ${commandLine(cluster, command).replaceAll(/\s+/g, " ").slice(0, 160)}`);
    const alone = (await executeAll(cluster, plan.fault, signal, begins)).filter(({ command }) => command.alone);
    const surge =
      drill.surgePerSecond === undefined
        ? undefined
        : start(
            new ShopLoad(
              setting.url,
              { writesPerSecond: 0, readsPerSecond: drill.surgePerSecond, sessions: setting.shape.sessions },
              prefix,
              seed,
              join(folder, "surge.ndjson"),
            ),
          );
    await pause(Math.max(0, drill.hold.atLeast - (Date.now() - faultAt) / 1000), signal);
    await until(
      () => load.steady(pace.steadyMs),
      { every: 0.5, atMost: Math.max(0, drill.hold.atMost - (Date.now() - faultAt) / 1000) },
      signal,
    );

    await surge?.load.stop();
    const healedAt = Date.now();
    if (plan.heal.length > 0) note("healing");
    await heal(healFile, say, { keep: [cleanUp] });
    const wholeAt = await waitUntilWhole(setting, { every: pace.lookSeconds, atMost: pace.wholeSeconds }, signal, say);
    note(wholeAt === undefined ? "not whole in time" : "whole again");
    await pause(pace.coolDownSeconds, signal);
    const endedAt = Date.now();
    await load.stop();
    if (wholeAt !== undefined) await load.resend(signal);
    const others = await fetchOthers(client, folder, signal);
    await heal(healFile, say);

    const after = await readState(cluster, subjects, signal);
    const members = podsOf(before, store.name).map(({ name }) => name);
    const copies = copiesKept(
      members,
      before.found[store.name]?.leader,
      copiesBefore,
      await readDataDirectories(cluster, store, before),
    );
    for (const name of copies?.gone ?? []) note(`the data directory that ${name} had is gone`);
    const history = readJournal(readFileSync(journalPath, "utf8"));
    const result = await conclude(cluster, {
      drill,
      plan,
      store,
      witness,
      run,
      seed,
      prefix,
      before,
      after,
      faultAt,
      healedAt,
      wholeAt,
      endedAt,
      shop: { way: "shop", history, found: [] },
      others,
      copies,
      alone,
      timeline,
    });
    await removeTraces(cluster, store, leaderOf(after, store.name).name, signal);
    return result;
  } finally {
    await watch.stop();
    for (const shop of running) await shop.end();
  }
}

async function fetchOthers(client: LoadClient | undefined, folder: string, signal: AbortSignal): Promise<WayHistory[]> {
  if (!client) return [];
  return [...(await client.finish(folder, signal))].map(([way, result]) => ({ way, ...result }));
}
