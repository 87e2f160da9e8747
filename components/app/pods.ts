import type * as pulumi from "@pulumi/pulumi";
import type * as k8s from "@pulumi/kubernetes";
import type { Peer } from "../common/network";
import type { ProgramArgs } from "../common/program-args";
import type { Migration } from "../web-service/args";
import type { AppArgs, Variables } from "./args";
import type { AppSettings } from "./completed";
import type { AppData } from "./data";
import type { createSecrets } from "./secrets";

type Resources = k8s.types.input.core.v1.ResourceRequirements;

/** What all parts are given. */
interface Given {
  image: pulumi.Input<string>;
  scrapedBy: Peer[];
  settings: AppSettings;
  data: AppData;
  secrets: ReturnType<typeof createSecrets>;
}

/**
 * What a part's program is given: the app's image, variables and secrets, and the ways to its data.
 *
 * @param env variables of its own, which win over the app's
 * @param own what it says of its resources itself
 */
export function programOf(
  { namespace }: AppArgs,
  { image, scrapedBy, settings, data, secrets }: Given,
  env: Variables | undefined,
  own: { resources?: Resources },
): ProgramArgs & { scrapedBy: Peer[]; resources?: Resources } {
  const { pullSecrets, outside } = settings;
  const resources = own.resources ?? settings.resources;
  return {
    namespace,
    image,
    ...(pullSecrets && { pullSecrets }),
    config: { ...settings.env, ...data.told.config, ...secrets.config, ...env },
    secretEnv: { ...secrets.secretEnv, ...data.told.secretEnv },
    secretMounts: secrets.secretMounts,
    uses: data.endpoints,
    ...(outside && { outside }),
    ...(resources && { resources }),
    scrapedBy,
  };
}

/** The release: what every part is given, with the owner's log-in in the application's place. */
export function releaseOf(
  { release, outside }: AppSettings,
  { releaseEndpoints, owner }: AppData,
): Migration | undefined {
  return (
    release && {
      command: release,
      env: owner.config,
      secretEnv: owner.secretEnv,
      uses: releaseEndpoints,
      ...(outside && { outside }),
    }
  );
}

/**
 * Header by which probes ask for a name that the program answers to; none where it has no name. A program that answers
 * to `*.example.com` answers to `www.example.com`.
 */
export const probedAs = (host: string | undefined) =>
  host !== undefined && { probeHeaders: { Host: host.replace(/^\*/, "www") } };
