import * as pulumi from "@pulumi/pulumi";
import { readAtStart } from "../common/content";
import { allLabels } from "../common/labels";
import type { Peer } from "../common/network";
import type { Observability } from "../common/observability";
import { after, owned } from "../common/ownership";
import { createAccount, createPolicy, type Workload } from "../common/workload";
import type { ScheduledJobArgs } from "./args";
import { scheduledJobSettings } from "./completed";
import { scheduledJobLabels } from "./names";
import { scheduledJobObservability } from "./observability";
import { createCronJob } from "./pods";

/**
 * A program that runs at its times and ends: CronJob whose runs don't overlap and have an end, configuration and network
 * policy. What the option `dependsOn` names is updated before it is.
 */
export class ScheduledJob extends pulumi.ComponentResource {
  /** Whom to allow where it calls somebody. */
  readonly peer: Peer;
  /** What Prometheus should alert on. */
  readonly observability: Observability;

  constructor(name: string, args: ScheduledJobArgs, opts?: pulumi.ComponentResourceOptions) {
    super("holdfast:index:ScheduledJob", name, {}, owned(opts));
    const { namespace, uses, outside } = args;
    const settings = scheduledJobSettings(name, args);
    const labels = scheduledJobLabels(name);
    const of: Workload = { name, namespace, labels };

    const account = createAccount(of, this);
    const content = { namespace, labels: allLabels(labels), data: args.config ?? {} };
    const config = readAtStart(`${name}-config`, content, { parent: this });
    const policy = createPolicy(of, { egress: uses ?? [], outside }, this);
    createCronJob(of, settings, { account, config }, { parent: this, dependsOn: after(opts, policy) });

    this.peer = { namespace, labels };
    this.observability = scheduledJobObservability(name, settings);
    this.registerOutputs({});
  }
}
