import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { readAtStart } from "../../common/content";
import { allLabels } from "../../common/labels";
import { podBase, podsOf, TOKEN_MOUNT, TOKEN_VOLUME } from "../../common/pods";
import { metadataOf, type Workload } from "../../common/workload";
import { agentFiles } from "../haproxy-config";
import type { Issue } from "../tls";
import { agentContainer, SHARED_MOUNT, SHARED_VOLUME } from "./agent";

/** What the pod needs from the other parts of the component. */
interface IssuerParts {
  account: pulumi.Input<string>;
  /** Secret that it keeps the certificate in. */
  secret: pulumi.Input<string>;
  issue: Issue;
}

/**
 * The pod that gets the certificate. One is enough: a certificate has a month left when the next one is due, and of two
 * pods that meet in a rollout one finds that the other has begun.
 */
export function createIssuer(of: Workload, parts: IssuerParts, opts: pulumi.CustomResourceOptions): void {
  const { namespace, labels } = of;
  const content = { namespace, labels: allLabels(labels), data: agentFiles() };
  const config = readAtStart(`${of.name}-config`, content, opts);
  const env = { KEPT_IN: parts.secret, NAMESPACE: namespace, ISSUE: JSON.stringify(parts.issue) };
  const spec = {
    ...podBase(parts.account),
    containers: [agentContainer("issue", [SHARED_MOUNT, TOKEN_MOUNT], env)],
    volumes: [{ name: "config", configMap: { name: config } }, SHARED_VOLUME, TOKEN_VOLUME],
  };
  const args = { replicas: 1, strategy: { type: "Recreate" }, revisionHistoryLimit: 3, ...podsOf(labels, spec) };
  new k8s.apps.v1.Deployment(of.name, { metadata: metadataOf(of), spec: args }, opts);
}
