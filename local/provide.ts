import { join } from "node:path";
import { execa } from "execa";
import { Refusal } from "../config/refusal";
import { buildFolder, OWN_IMAGES, writeBuildContext } from "../images/build-context";
import { engineObstacle, ensureEngine } from "./docker/engine";
import { buildImage } from "./docker/images";
import { clusterRuns, ensureCluster, nodes } from "./cluster/cluster";
import { keepInside } from "./cluster/egress";
import type { PublishedPort } from "./cluster/kind-config";
import { announceRegistry, ensureRegistry, pushMissing, teachRegistry } from "./cluster/registry";
import { demandDisk, type Part } from "./disk";
import { OFFICIAL, reachable } from "./engine/reach";
import { ENGINE_STEPS, ensureClusterTools, ensurePulumi } from "./engine/tools";
import { cache, repository, scratchFolder } from "./paths";
import { NODE_IMAGE, nodeImage, pulledImages, registryImage } from "./steps/images";
import { acmeServer } from "./steps/programs";
import { buildSteps, expectedSeconds, missing, stepOutput } from "./steps/runner";
import type { Step } from "./steps/step";
import { POSTGRES_IMAGE, PROGRAMS, writeCommands } from "./unpacked/programs";
import { unpackAll } from "./unpacked/unpack";

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
  if (andImages) await buildEarly();
  await ensurePulumi();
}

/** Builds the engine's parts and, beside them, the images that need no compiler, where they can't be downloaded. */
async function buildEarly(): Promise<void> {
  if (!(await officialImages())) await buildSteps([...ENGINE_STEPS, ...early], "Pulumi engine, and images beside it");
}

/** Steps that `up` would have to build here now; empty on a machine that downloads, or has built before. */
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
export const minutesToBuild = (todo: Step[]): number => Math.ceil(expectedSeconds(todo) / 60);

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

/** Makes sure that the nodes of the user's kind cluster can pull every image. Needs a container engine. */
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

/**
 * Makes commands of this machine out of the servers in the stack's images, for tests that try a server itself.
 * Containers have to be there already.
 *
 * @returns variables for the tests; none where the images' programs don't run, which is everywhere but on Linux
 */
export async function providePrograms(say: Say): Promise<Record<string, string>> {
  if (process.platform !== "linux") return {};
  // The engine as well, which later tiers need: compiling it takes longer than all these images, and goes beside them.
  await buildEarly();
  const context = join(repository, buildFolder("postgres"));
  writeBuildContext(join(repository, OWN_IMAGES.postgres), context);
  say("the database's image, for tests that start its servers");
  await buildImage(context, [POSTGRES_IMAGE]);
  // No image has it: it is a program of Go modules that runs as it is.
  await buildSteps([acmeServer], acmeServer.title);
  const images = [...new Set(PROGRAMS.map(({ image }) => image))];
  const variables = await writeCommands(join(scratchFolder, "programs"), await unpackAll(images, say));
  return { ...variables, PATH: `${variables.PATH}:${stepOutput(acmeServer)}` };
}
