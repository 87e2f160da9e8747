import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { metadataOf, type Workload } from "../common/workload";
import { issuedSecret } from "./names";

/**
 * The Secret that a certificate is got into, with the account's or the authority's key. It is declared without content,
 * so that no update touches what the pod has written; and so that this pod need not make Secrets, only change this one.
 */
export function createIssued(of: Workload, parent: pulumi.Resource): k8s.core.v1.Secret {
  const name = issuedSecret(of.name);
  return new k8s.core.v1.Secret(name, { metadata: metadataOf(of, name) }, { parent });
}
