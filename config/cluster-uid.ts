import { spawnSync } from "node:child_process";

/** Seconds that a cluster gets to answer. A preview goes on without an answer, so it should not wait long. */
const ANSWER_SECONDS = 3;

/**
 * The namespace whose uid is the cluster's identity: it is always there, and keeps its uid for the cluster's whole
 * life. Address, context and kubeconfig of the same cluster may change.
 */
export const UID_OF = "kube-system";

/**
 * Identity of the cluster behind a context; undefined where there is no kubectl, no such context, or no answer. This is
 * for the Pulumi program, which is synchronous and loads only the package's own modules. Commands use
 * cluster/kubectl.ts.
 */
export function clusterUid(context: string): string | undefined {
  const where = ["--context", context, `--request-timeout=${ANSWER_SECONDS}s`];
  const what = ["get", "namespace", UID_OF, "-o", "jsonpath={.metadata.uid}"];
  const { status, stdout } = spawnSync("kubectl", [...where, ...what], { encoding: "utf8" });
  return status === 0 && stdout !== "" ? stdout : undefined;
}
