import type * as pulumi from "@pulumi/pulumi";
import type * as k8s from "@pulumi/kubernetes";
import { allLabels, type Labels } from "../common/labels";
import type { Migration, WebServiceArgs } from "./args";
import { baseContainer, basePodSpec } from "./pods";

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
 */
export function migrationJobSpec(
  args: Pick<WebServiceArgs, "image" | "secretMounts">,
  migration: Migration,
  labels: Labels,
  names: { serviceAccount: pulumi.Input<string>; configMap: pulumi.Input<string> },
): k8s.types.input.batch.v1.JobSpec {
  const mounts = [...(args.secretMounts ?? []), ...(migration.secretMounts ?? [])];
  return {
    // Retried in the same pod, and given up only after what a first start of the database may take.
    backoffLimit: 10,
    activeDeadlineSeconds: 900,
    template: {
      metadata: { labels: allLabels(labels) },
      spec: {
        ...basePodSpec(names.serviceAccount, mounts),
        restartPolicy: "OnFailure",
        terminationGracePeriodSeconds: 30,
        containers: [
          {
            ...baseContainer({ image: args.image, resources: MIGRATION_RESOURCES }, names.configMap, mounts),
            name: "migrate",
            command: migration.command,
            env: Object.entries(migration.env ?? {}).map(([name, value]) => ({ name, value })),
          },
        ],
      },
    },
  };
}

const MIGRATION_RESOURCES = { requests: { cpu: "100m", memory: "128Mi" }, limits: { cpu: "500m", memory: "256Mi" } };
