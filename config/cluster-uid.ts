import { spawnSync } from "node:child_process";

/** Seconds that a cluster has to answer: a preview goes on without it, and should not be kept waiting. */
const ANSWER_SECONDS = 3;

/**
 * The namespace that is always there: its uid is a cluster's identity for its whole life. An address, a context's name
 * and a kubeconfig are only spellings of it.
 */
export const UID_OF = "kube-system";

/**
 * Identity of the cluster behind a context; undefined where there is no kubectl, no such context, or no answer. For the
 * program, which can wait for nothing and may load nothing but the package's own: commands have cluster/kubectl.ts.
 */
export function clusterUid(context: string): string | undefined {
  const where = ["--context", context, `--request-timeout=${ANSWER_SECONDS}s`];
  const what = ["get", "namespace", UID_OF, "-o", "jsonpath={.metadata.uid}"];
  const { status, stdout } = spawnSync("kubectl", [...where, ...what], { encoding: "utf8" });
  return status === 0 && stdout !== "" ? stdout : undefined;
}
