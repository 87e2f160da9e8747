import type * as pulumi from "@pulumi/pulumi";
import { createAccount, createPolicy, type Workload, workloadOf } from "../common/workload";
import { issuerEdges, issuerRights } from "./access";
import { issuedSecret } from "./names";
import { createIssuer } from "./pods/issuer";
import { createIssued } from "./secrets";
import type { Issue } from "./tls";

/**
 * Everything that gets a certificate for a balancer: a Secret to keep it in, and a pod that may change that one Secret.
 *
 * @param balancer whom it is for
 */
export function declareIssuer(balancer: Workload, issue: Issue, parent: pulumi.Resource): void {
  const of = workloadOf(`${balancer.name}-issuer`, "certificates", balancer.namespace);
  const secret = createIssued(balancer, parent).metadata.name;
  const account = createAccount(of, parent, issuerRights(issuedSecret(balancer.name)));
  const policy = createPolicy(of, issuerEdges(issue), parent);
  createIssuer(of, { account, secret, issue }, { parent, dependsOn: [policy] });
}
