import { ENVIRONMENTS } from "../../config/keys";
import { parseSettings } from "../../config/parse";
import { programGraph, stackConfig } from "./graph";
import type { RegisteredResource } from "./mocks";

/** What the program declares in one environment, and the cluster that its stack file describes. */
export interface Declared {
  environment: string;
  graph: RegisteredResource[];
  cluster: { nodes: number; nodeCpu: string; nodeMemory: string };
}

/** The program's graph in every environment, dev first. */
export async function declared(): Promise<[Declared, ...Declared[]]> {
  const one = async (environment: string): Promise<Declared> =>
    ({ environment, graph: await programGraph(environment), cluster: parseSettings(stackConfig(environment)).cluster });
  const [first, ...others] = ENVIRONMENTS;
  const all: [Declared, ...Declared[]] = [await one(first)];
  // One after the other: mocks are global to the process.
  for (const environment of others) all.push(await one(environment));
  return all;
}
