import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { podsOf } from "../../common/pods";
import { programContainer, programPod, secretEnvAnnotation, type ProgramParts } from "../../common/program";
import { metadataOf, type Workload } from "../../common/workload";
import type { Migration, WebServiceArgs } from "../args";
import type { WebSettings } from "../completed";

/**
 * The settings that a migration is given apart from the service's; undefined where it is given all of them.
 *
 * @throws Error naming a setting that the service does not have
 */
export function migrationSettings(
  name: string,
  { config = {}, migration }: Pick<WebServiceArgs, "config" | "migration">,
): NonNullable<WebServiceArgs["config"]> | undefined {
  return (
    migration?.reads &&
    Object.fromEntries(
      migration.reads.map((key) => {
        const value = config[key];
        if (value === undefined) {
          throw new Error(
            `WebService ${name}: migration.reads names ${key}, which is no setting of config; ` +
              `there are ${Object.keys(config).join(", ") || "none"}.`,
          );
        }
        return [key, value];
      }),
    )
  );
}

/**
 * The Job that migrates. A Job, not an init container: it runs once for each version, only its pod ever sees the
 * owner's password, and a web pod can start while the primary is away.
 *
 * @param policy which has to be there first
 */
export function createMigration(
  of: Workload,
  args: WebSettings,
  migration: Migration,
  parts: ProgramParts,
  policy: pulumi.Resource,
  parent: pulumi.Resource,
): k8s.batch.v1.Job {
  const given = {
    image: args.image,
    pullSecrets: args.pullSecrets,
    command: migration.command,
    secretEnv: { ...args.secretEnv, ...migration.secretEnv },
    secretMounts: [...(args.secretMounts ?? []), ...(migration.secretMounts ?? [])],
    env: migration.env ?? {},
    resources: MIGRATION_RESOURCES,
  };
  const pod = {
    ...programPod(parts.account, given),
    restartPolicy: "OnFailure",
    terminationGracePeriodSeconds: 30,
    containers: [{ ...programContainer(given, parts.config), name: "migrate" }],
  };
  const spec = {
    // Retried in the same pod, and given up only after what a first start of the database may take.
    backoffLimit: 10,
    activeDeadlineSeconds: 900,
    template: podsOf(of.labels, pod, secretEnvAnnotation(given.secretEnv)).template,
  };
  return new k8s.batch.v1.Job(of.name, { metadata: metadataOf(of), spec }, { parent, dependsOn: [policy] });
}

const MIGRATION_RESOURCES = { requests: { cpu: "100m", memory: "128Mi" }, limits: { cpu: "500m", memory: "256Mi" } };
