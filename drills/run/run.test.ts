import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { nodeNamed } from "../../cluster/state";
import { SUBJECTS } from "../../commands/drill/catalogue";
import { FakeCluster } from "../../test/drills/fake-cluster";
import type { Drill } from "../drill";
import { killNode } from "../faults/node";
import { HealFile } from "../heal/record";
import { Interrupted } from "./interrupt";
import type { Setting } from "./one-run";
import { mend, runSeries } from "./series";

/** The worker goes and comes back; the shop is away meanwhile. */
const drill: Drill = {
  name: "test-node-killed",
  title: "A node goes.",
  needsNodeContainers: true,
  plan: (state) => ({ target: "h-worker", pods: [], nodes: ["h-worker"], ...killNode(nodeNamed(state, "h-worker")) }),
  hold: { atLeast: 0.3, atMost: 0.3 },
  expect: { wholeAgainSeconds: 10 },
};
const head = { startedAt: "2026-01-01T00:00:00.000Z", kubernetes: "v1.34.4", nodes: 2 };
const never = new AbortController().signal;
/** "At once", on a machine that does much else. The waits that are cut short take minutes. */
const AT_ONCE_MS = 10_000;

let folder: string;
let cluster: FakeCluster;
let setting: Setting;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "run-"));
  cluster = new FakeCluster(join(folder));
  const url = await cluster.start();
  setting = {
    cluster: { context: "kind-test", namespace: "online-shop" },
    subjects: SUBJECTS,
    drill,
    url,
    also: [],
    shape: { writesPerSecond: 50, readsPerSecond: 50, sessions: 3 },
    folder: join(folder, "results"),
    healFile: new HealFile(join(folder, "unhealed.json")),
    say: () => undefined,
    pace: {
      warmUpSeconds: 0.3,
      jitterMs: 0,
      steadyMs: 200,
      wholeSeconds: 20,
      lookSeconds: 0.05,
      coolDownSeconds: 0.1,
      restSeconds: 0,
    },
  };
});
afterEach(() => {
  cluster.stop();
  rmSync(folder, { recursive: true });
});

const docker = (): string[] => cluster.calls().filter((call) => /^docker (?!inspect)/.test(call));

describe("a run", () => {
  it("drives load, breaks, heals, waits until all is whole, checks, and cleans up", async () => {
    const { report } = await runSeries(setting, head, 1, 7, never);
    expect(docker()).toEqual(["docker kill h-worker", "docker start h-worker"]);
    const [run] = report.runs;
    expect(run!.writes.failed).toBeGreaterThan(0);
    expect(run!.writes.outageSeconds).toBeGreaterThan(0.25);
    expect(run!.writes.acknowledged + run!.writes.failed).toBe(run!.writes.sent);
    expect(run!.wholeAfterSeconds).not.toBeNull();
    expect(run!.copies).toEqual({ of: 2, gone: [] });
    expect(run!.acknowledgedAlone).toBeNull();
    expect(run!.detectionUnknown).toBeDefined();
    expect(report.met).toBe(true);
    expect(setting.healFile.read()).toBeUndefined();
    expect(cluster.calls().some((call) => call.includes("delete pod,configmap,networkpolicy"))).toBe(true);
  });

  it("finds what a dishonest shop has lost and doubled", async () => {
    cluster.keep = (key) => (key.endsWith("-3") ? 0 : key.endsWith("-4") ? 2 : 1);
    const { report } = await runSeries(setting, head, 1, 7, never);
    expect(report.runs[0]!.findings.lost).toEqual([expect.stringMatching(/-shop-3$/)]);
    expect(report.runs[0]!.findings.duplicates).toEqual([expect.stringMatching(/-shop-4$/)]);
    expect(report.met).toBe(false);
  });

  it("finds what was acknowledged while the primary is said to have no standby", async () => {
    const alone: Drill = {
      ...drill,
      plan: (state) => {
        const plan = drill.plan(state);
        const wait = { program: "kubectl" as const, args: ["wait"], thenWaitSeconds: 0.3, alone: true };
        return { ...plan, fault: [wait, ...plan.fault] };
      },
    };
    const { report } = await runSeries({ ...setting, drill: alone }, head, 1, 7, never);
    expect(report.runs[0]!.acknowledgedAlone!.length).toBeGreaterThan(0);
    expect(report.judgements.filter(({ met }) => !met).map(({ what }) => what)).toEqual([
      "writes acknowledged with one copy",
    ]);
  });

  it("finds standbys whose data was copied anew", async () => {
    cluster.file("copies-after", "21 9\n22 9\n");
    const { report } = await runSeries(
      { ...setting, drill: { ...drill, expect: { ...drill.expect, copiesKept: true } } },
      head,
      1,
      7,
      never,
    );
    expect(report.runs[0]!.copies).toEqual({ of: 2, gone: ["postgres-1", "postgres-2"] });
    expect(report.runs[0]!.timeline.map(({ text }) => text)).toContain(
      "the data directory that postgres-1 had is gone",
    );
    expect(report.met).toBe(false);
  });

  it("is not begun on a stack that is not whole, and then touches nothing", async () => {
    cluster.file("pods.json", JSON.stringify({ items: [] }));
    cluster.file("patroni.json", JSON.stringify({ members: [] }));
    await expect(runSeries(setting, head, 1, 7, never)).rejects.toThrow(/not whole/);
    expect(docker()).toEqual([]);
    expect(cluster.calls().every((call) => / (get|inspect) /.test(call))).toBe(true);
    expect(cluster.orders.size).toBe(0);
  });

  it("is refused within seconds where another program is served, and then touches nothing", async () => {
    cluster.instead = 404;
    const begun = Date.now();
    await expect(runSeries(setting, head, 1, 7, never)).rejects.toThrow(
      /^The stack serves no shop: GET \S+\/readyz is answered 404/,
    );
    expect(Date.now() - begun).toBeLessThan(AT_ONCE_MS);
    expect(cluster.calls().every((call) => / (get|inspect|exec) /.test(call))).toBe(true);
    expect(docker()).toEqual([]);
  });

  it("that is interrupted before anything is broken ends at once", async () => {
    const controller = new AbortController();
    const running = runSeries(
      { ...setting, pace: { ...setting.pace, warmUpSeconds: 60 } },
      head,
      1,
      7,
      controller.signal,
    );
    const looking = setInterval(() => {
      if (cluster.orders.size > 0) controller.abort(new Interrupted("interrupted"));
    }, 20);
    await expect(running.finally(() => clearInterval(looking))).rejects.toThrow(Interrupted);
    expect(docker()).not.toContain("docker kill h-worker");
    expect(setting.healFile.read()).toBeUndefined();
  });

  it("that is interrupted while it waits for the stack is healed, and waits no longer", async () => {
    const controller = new AbortController();
    let interrupted = 0;
    const say = (line: string): void => {
      if (!line.startsWith("not whole yet") || interrupted > 0) return;
      interrupted = Date.now();
      controller.abort(new Interrupted("interrupted"));
    };
    cluster.file("patroni.json-after", JSON.stringify({ members: [] }));
    await expect(runSeries({ ...setting, say }, head, 1, 7, controller.signal)).rejects.toThrow(Interrupted);
    expect(interrupted).toBeGreaterThan(0);
    expect(Date.now() - interrupted).toBeLessThan(AT_ONCE_MS);
    expect(docker()).toEqual(["docker kill h-worker", "docker start h-worker"]);
    expect(setting.healFile.read()).toBeUndefined();
  });

  it("that is interrupted while the fault is in is healed before it ends", async () => {
    const controller = new AbortController();
    const looking = setInterval(() => {
      if (docker().length > 0) controller.abort(new Interrupted("interrupted"));
    }, 20);
    await expect(
      runSeries({ ...setting, drill: { ...drill, hold: { atLeast: 30, atMost: 30 } } }, head, 1, 7, controller.signal),
    ).rejects.toThrow(Interrupted);
    clearInterval(looking);
    expect(docker()).toEqual(["docker kill h-worker", "docker start h-worker"]);
    expect(setting.healFile.read()).toBeUndefined();
  });
});

describe("mending", () => {
  const record = {
    version: 1 as const,
    drill: drill.name,
    context: "kind-test",
    namespace: "online-shop",
    pid: 1,
    startedAt: "2026-01-01T00:00:00Z",
    heal: [{ program: "docker" as const, args: ["start", "h-worker"] }],
  };

  it("undoes what a runner that was killed has left, and waits until the stack is whole", async () => {
    cluster.file("down", "");
    setting.healFile.write(record);
    expect(await mend(setting, never)).toBe(true);
    expect(docker()).toEqual(["docker start h-worker"]);
    expect(setting.healFile.read()).toBeUndefined();
  });

  it("undoes it when it is interrupted and where another program is served, and waits for neither", async () => {
    const begun = Date.now();
    setting.healFile.write(record);
    await expect(mend(setting, AbortSignal.abort(new Interrupted("interrupted")))).rejects.toThrow(Interrupted);
    setting.healFile.write(record);
    cluster.instead = 404;
    await expect(mend(setting, never)).rejects.toThrow(/serves no shop/);
    expect(docker()).toEqual(["docker start h-worker", "docker start h-worker"]);
    expect(setting.healFile.read()).toBeUndefined();
    expect(Date.now() - begun).toBeLessThan(AT_ONCE_MS);
  });

  it("does nothing where nothing is broken", async () => {
    expect(await mend(setting, never)).toBe(false);
    expect(cluster.calls()).toEqual([]);
  });
});
