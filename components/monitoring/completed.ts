import type * as pulumi from "@pulumi/pulumi";
import { completed, type Completed } from "../common/completed";
import type { MonitoringArgs } from "./args";
import { DEFAULTS } from "./settings";

/** The arguments with their defaults. */
export type MonitoringSettings = Completed<MonitoringArgs, Omit<typeof DEFAULTS.MonitoringArgs, "storage">> & {
  storage: { size: string; className?: pulumi.Input<string> };
  watched: pulumi.Input<string>[];
};

/** Completes the arguments. */
export function monitoringSettings(args: MonitoringArgs): MonitoringSettings {
  const { storage, ...byDefault } = DEFAULTS.MonitoringArgs;
  return {
    ...completed(args, byDefault),
    storage: completed(args.storage ?? {}, storage),
    watched: args.watched ?? [args.namespace],
  };
}
