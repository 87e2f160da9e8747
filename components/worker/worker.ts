import * as pulumi from "@pulumi/pulumi";
import { readAtStart } from "../common/content";
import { allLabels } from "../common/labels";
import type { Peer } from "../common/network";
import type { Observability } from "../common/observability";
import { after, owned } from "../common/ownership";
import { createAccount, createBudget, createPolicy, type Workload } from "../common/workload";
import { workerEdges } from "./access";
import type { WorkerArgs } from "./args";
import { workerSettings } from "./completed";
import { workerLabels } from "./names";
import { workerObservability } from "./observability";
import { createWorkers } from "./pods";

/**
 * A program that nobody calls: it takes its work from a queue or a database. Deployment with rolling updates that let
 * running work end, disruption budget, configuration and network policy. What the option `dependsOn` names is updated
 * before its pods are.
 */
export class Worker extends pulumi.ComponentResource {
  /** Whom to allow where it calls somebody. */
  readonly peer: Peer;
  /** What Prometheus should scrape, alert on and show. */
  readonly observability: Observability;

  constructor(name: string, args: WorkerArgs, opts?: pulumi.ComponentResourceOptions) {
    super("holdfast:index:Worker", name, {}, owned(opts));
    const { namespace } = args;
    const settings = workerSettings(name, args);
    const labels = workerLabels(name);
    const of: Workload = { name, namespace, labels };

    const account = createAccount(of, this);
    const content = { namespace, labels: allLabels(labels), data: args.config ?? {} };
    const config = readAtStart(`${name}-config`, content, { parent: this });
    const policy = createPolicy(of, workerEdges(settings), this);
    createWorkers(of, settings, { account, config }, { parent: this, dependsOn: after(opts, policy) });
    createBudget(of, this);

    this.peer = { namespace, labels };
    this.observability = workerObservability(of, settings);
    this.registerOutputs({});
  }
}
