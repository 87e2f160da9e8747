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
 * Makes somebody else's cluster fit for the stack of an environment, as far as that is ours to do: the way for images.
 * What is less there than on Holdfast's own cluster is said.
 *
 * @returns the settings with what follows from the cluster; every later command on the environment uses them, too
 * @throws Refusal with a sentence for each thing that cannot work there
 */
export async function adoptCluster(
  context: string,
  environment: string,
  iKnow: boolean,
  say: (line: string) => void,
): Promise<Settings> {
  // Without what an earlier look has found: the cluster may have changed since.
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
