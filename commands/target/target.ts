import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CONTEXT } from "../../local/cluster/cluster";
import { Refusal } from "../../config/refusal";
import { stateFolder } from "../../local/paths";

/** A cluster that was named with `--context`, and the configuration that follows from it. */
export interface Target {
  context: string;
  /** Values by key, without the project's name. They override the stack file's. */
  config: Record<string, string>;
}

const file = (environment: string): string => join(stateFolder, `target-of-${environment}.json`);

/** The cluster that was named for an environment's stack; undefined where it is on Holdfast's own, or on none. */
export function rememberedTarget(environment: string): Target | undefined {
  return existsSync(file(environment)) ? (JSON.parse(readFileSync(file(environment), "utf8")) as Target) : undefined;
}

/** Stores the cluster for every later command on the environment. */
export function rememberTarget(environment: string, target: Target): void {
  mkdirSync(stateFolder, { recursive: true });
  writeFileSync(file(environment), JSON.stringify(target));
}

/** Forgets the cluster, after the stack was removed from it. */
export function forgetTarget(environment: string): void {
  rmSync(file(environment), { force: true });
}

/** The facts that decide which cluster a command acts on. */
export interface Choice {
  environment: string;
  /** What `--context` says. */
  given: string | undefined;
  /** The context that was named for this stack before. */
  remembered: string | undefined;
  /** Context that the stack file names. */
  configured: string;
  /** Whether the stack was applied to some cluster and not removed since. */
  applied: boolean;
  /** Whether `--context` names the cluster that the stack is on, under another name. */
  same: boolean;
}

/**
 * The context of the user's cluster that a command acts on; undefined for Holdfast's own cluster.
 *
 * @throws Refusal where the stack is on another cluster, or only the stack file names a cluster that is not Holdfast's
 *   own
 */
export function chooseContext({
  environment,
  given,
  remembered,
  configured,
  applied,
  same,
}: Choice): string | undefined {
  if (given !== undefined) {
    const place = remembered ?? (applied ? configured : given);
    if (place !== given && !same)
      throw new Refusal(
        `The stack ${environment} is on ${place}; take it away from there first: npm run down -- --env ${environment}.`,
      );
    return given === CONTEXT ? undefined : given;
  }
  if (remembered !== undefined) return remembered;
  if (configured === CONTEXT) return undefined;
  throw new Refusal(
    `Pulumi.${environment}.yaml names the context ${configured}, which is not the cluster that Holdfast makes; ` +
      `say so: --context ${configured} (with --i-know where it is neither kind nor minikube).`,
  );
}

/**
 * The context of the user's cluster that the stack of an environment is on; undefined for Holdfast's own.
 *
 * @param given what `--context` says
 * @param current context of the settings, with what was remembered
 * @throws Refusal where `given` is not `current`
 */
export function contextOf(environment: string, given: string | undefined, current: string): string | undefined {
  if (given !== undefined && given !== current)
    throw new Refusal(
      `The stack ${environment} is on ${current}, not on ${given}; leave --context out, or name ${current}.`,
    );
  return current === CONTEXT ? undefined : current;
}
