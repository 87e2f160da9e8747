import { execa } from "execa";
import { Refusal } from "../config/refusal";
import { engineObstacle, ensureEngine } from "./docker/engine";
import { clusterRuns, ensureCluster, nodes } from "./cluster/cluster";
import { keepInside } from "./cluster/egress";
import type { PublishedPort } from "./cluster/kind-config";
import { announceRegistry, ensureRegistry, pushMissing, teachRegistry } from "./cluster/registry";
import { demandDisk, type Part } from "./disk";
import { OFFICIAL, reachable } from "./engine/reach";
import { ENGINE_STEPS, ensureClusterTools, ensurePulumi } from "./engine/tools";
import { cache } from "./paths";
import { NODE_IMAGE, nodeImage, pulledImages, registryImage } from "./steps/images";
import { buildSteps, expectedSeconds, missing } from "./steps/runner";
import type { Step } from "./steps/step";

/** Prints one line of progress. */
export type Say = (line: string) => void;

let official: Promise<boolean> | undefined;

/** Whether nodes can pull images from where their projects publish them; asked once. */
const officialImages = (): Promise<boolean> => (official ??= reachable(OFFICIAL.images));

/** Images without compiled programs: they are built while the engine compiles. */
const early: Step[] = [
  registryImage,
  ...pulledImages.filter((image) => image.needs.every((need) => need.lane === "network")),
];
const late: Step[] = [nodeImage, ...pulledImages.filter((image) => !early.includes(image))];

/**
 * Makes sure that a container engine answers, before anything that takes long.
 *
 * @throws Refusal at once, where there can be none
 */
export async function provideContainers(say: Say): Promise<void> {
  const obstacle = await engineObstacle();
  if (obstacle) throw new Refusal(obstacle);
  await ensureEngine(say);
}

/**
 * Makes sure that there is a Pulumi engine.
 *
 * @param andImages whether images that have to be built are built at the same time
 */
export async function provideEngine(andImages = false): Promise<void> {
  if (andImages && !(await officialImages()))
    await buildSteps([...ENGINE_STEPS, ...early], "Pulumi engine, and images beside it");
  await ensurePulumi();
}

/** Steps that `up` has to build on this machine; empty where it can download, or has built them before. */
export async function stepsToBuild(): Promise<Step[]> {
  return (await officialImages()) ? [] : missing([...ENGINE_STEPS, ...early, ...late]);
}

/**
 * Checks the free disk before anything is built.
 *
 * @param todo steps to build
 * @throws Refusal where there is too little disk
 */
export async function demandRoomOnDisk(todo: Step[]): Promise<void> {
  const compiling: Part[] = todo.some((step) => step.lane === "cpu") ? ["compiling"] : [];
  const containers: Part[] = [
    ...(todo.some((step) => [...early, ...late].includes(step)) ? ["images" as const] : []),
    ...((await nodes()).length === 0 ? ["cluster" as const] : []),
  ];
  if (compiling.length + containers.length === 0) return;
  const { stdout = "" } = await execa("docker", ["info", "--format", "{{.DockerRootDir}}"], { reject: false });
  // An engine that Holdfast started keeps everything in the cache: one disk, one sum.
  if (stdout.startsWith(cache)) return demandDisk([...compiling, ...containers], cache);
  await demandDisk(compiling, cache);
  await demandDisk(containers, stdout || cache);
}

/** Minutes that building these steps takes on two cores; 0 for none. */
export function minutesToBuild(todo: Step[]): number {
  return Math.ceil(expectedSeconds(todo) / 60);
}

/** Whether Holdfast's cluster runs and answers. */
export const clusterIsUp = clusterRuns;

/** Makes sure that the registry, all images and Holdfast's own cluster are there. Needs a container engine. */
export async function provideCluster(port: PublishedPort, say: Say): Promise<void> {
  const offline = !(await officialImages());
  if (offline) await buildSteps([...early, ...late], "Kubernetes and images");
  await ensureClusterTools();
  await ensureRegistry();
  if (offline) {
    await pushMissing(
      pulledImages.flatMap((image) => image.tags),
      say,
    );
    await keepInside();
  }
  await ensureCluster({ image: offline ? NODE_IMAGE : undefined, offline, port }, say);
}

/**
 * Makes sure that the nodes of the user's kind cluster can pull every image. Needs a container engine.
 */
export async function provideNamedCluster(context: string, nodes: string[], say: Say): Promise<void> {
  const offline = !(await officialImages());
  if (offline) await buildSteps(pulledImages, "images");
  await ensureRegistry();
  if (offline)
    await pushMissing(
      pulledImages.flatMap((image) => image.tags),
      say,
    );
  await teachRegistry(nodes, offline);
  await announceRegistry(context);
}
