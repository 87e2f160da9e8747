import { Refusal } from "../../config/refusal";
import type { Settings } from "../../config/settings";
import { graphDemand } from "../../graph/demand";
import { ensureClusterTools } from "../../local/engine/tools";
import { provideContainers, provideNamedCluster } from "../../local/provide";
import { programGraph } from "../support/program-graph";
import { loadSettings, namespacesOf } from "../support/settings";
import { loadIntoMinikube } from "../target/images";
import { preflight } from "../target/preflight";
import { readCluster } from "../target/read";
import { rememberTarget } from "../target/target";

/**
 * Prepares the user's cluster for the stack of an environment: makes sure that its nodes can pull the images. Reports
 * what works less well than on Holdfast's own cluster.
 *
 * @returns the settings that follow from the cluster, which every later command on the environment uses too
 * @throws Refusal with one sentence for each reason why the stack cannot run there
 */
export async function adoptCluster(
  context: string,
  environment: string,
  iKnow: boolean,
  say: (line: string) => void,
): Promise<Settings> {
  // Without the settings of an earlier check, because the cluster may have changed.
  const settings = loadSettings(environment, {});
  const { images } = settings;
  await ensureClusterTools(["kubectl"]);
  const objects = await readCluster(context);
  const { kind, refusals, degraded, config } = preflight(
    objects,
    settings,
    graphDemand(await programGraph(environment)),
    {
      iKnow,
      nodesReachable: process.platform === "linux",
      ours: namespacesOf(settings),
    },
  );
  if (refusals.length > 0) throw new Refusal(refusals.join("\n"));
  say(
    `The stack goes to ${context} (${kind === "other" ? "neither kind nor minikube" : kind}). Less than on the ` +
      `cluster Holdfast makes:${degraded.length === 0 ? " nothing." : ""}`,
  );
  for (const sentence of degraded) say(`  - ${sentence}`);
  if (!(images.webApp && images.postgres) && kind !== "other") {
    await provideContainers(say);
    const names = objects.nodes.map(({ metadata }) => metadata?.name ?? "");
    if (kind === "kind") await provideNamedCluster(context, names, say);
    else
      Object.assign(
        config,
        await loadIntoMinikube(objects.nodes[0]?.metadata?.labels?.["minikube.k8s.io/name"] ?? context, settings, say),
      );
  }
  rememberTarget(environment, { context, config });
  return loadSettings(environment);
}
