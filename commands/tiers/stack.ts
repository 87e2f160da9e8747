import { execa } from "execa";
import { Kubectl } from "../../cluster/kubectl";
import { WEB } from "../../components/web-service/drills/subject";
import { CONTEXT, nodes } from "../../local/cluster/cluster";
import { engineObstacle, ownEnginePid } from "../../local/docker/engine";
import { OFFICIAL, reachable } from "../../local/engine/reach";
import { engineIsThere } from "../../local/engine/tools";
import { repository } from "../../local/paths";
import { clusterIsUp, minutesToBuild, stepsToBuild } from "../../local/provide";
import { loadSettings } from "../support/settings";
import { rememberedTarget } from "../target/target";

/** Why a tier cannot run within minutes on this machine, and what to type; undefined where it can. */
export type Reason = string | undefined;

const HOW = "`npm run up` or `npm test -- --require-cluster` builds it";

/** Why the engine tier cannot run. It needs a Pulumi engine and nothing else. */
export async function engineReason(): Promise<Reason> {
  if ((await engineIsThere()) || (await reachable(OFFICIAL.pulumi))) return undefined;
  return `no Pulumi engine here yet, and it would be built from package registries (about 6 minutes); ${HOW}`;
}

/** True where the stack of the dev environment is in Holdfast's cluster. */
async function stackIsUp(): Promise<boolean> {
  if (!(await clusterIsUp())) return false;
  const { namespace } = loadSettings("dev");
  return (await new Kubectl({ context: CONTEXT, namespace }).ask("get", "deployment", WEB)) !== undefined;
}

/** Why the cluster tier cannot run. It needs a running stack, or everything to start one within minutes. */
export async function clusterReason(): Promise<Reason> {
  const elsewhere = rememberedTarget("dev")?.context;
  if (elsewhere)
    return (
      `the stack dev is on ${elsewhere}, and tests act on Holdfast's own cluster only; \`npm run down\` takes it ` +
      "away from there"
    );
  if (await stackIsUp()) return undefined;
  const obstacle = await engineObstacle();
  if (obstacle) return obstacle;
  const todo = await stepsToBuild();
  // Images do not count: without a running engine they cannot be listed, and they are quickly built again.
  if (todo.some((step) => step.lane === "cpu"))
    return `no stack runs, and what it needs would be built first (about ${minutesToBuild(todo)} minutes); ${HOW}`;
  return undefined;
}

/** What was running before the tests, so that it can be left as it was. */
export interface Before {
  stack: boolean;
  cluster: boolean;
}

const run = (script: string, args: string[] = []): Promise<unknown> =>
  execa("npm", ["run", script, "--", ...args], { cwd: repository, stdio: ["ignore", "inherit", "inherit"] });

/** Starts the stack if it is not running. @returns what was running before */
export async function ensureStack(): Promise<Before> {
  const running = ownEnginePid() !== undefined || (await execa("docker", ["info"], { reject: false })).exitCode === 0;
  const before = { stack: await stackIsUp(), cluster: running && (await nodes()).length > 0 && (await clusterIsUp()) };
  if (!before.stack) await run("up");
  return before;
}

/** Removes what `ensureStack` has started. */
export async function restore(before: Before): Promise<void> {
  if (before.stack) return;
  await run("down", before.cluster ? [] : ["--all"]);
}
