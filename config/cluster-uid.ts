import { spawnSync } from "node:child_process";

/** Seconds that a cluster has to answer: a preview goes on without it, and should not be kept waiting. */
const ANSWER_SECONDS = 3;

/**
 * Arguments with which kubectl prints the identity of a cluster for its whole life: the uid of the namespace that is
 * always there. An address, a context's name and a kubeconfig are only spellings of it.
 */
export function uidQuery(context: string, seconds: number): string[] {
  const what = ["get", "namespace", "kube-system", "-o", "jsonpath={.metadata.uid}"];
  return ["--context", context, `--request-timeout=${seconds}s`, ...what];
}

/** Identity of the cluster behind a context; undefined where there is no kubectl, no such context, or no answer. */
export function clusterUid(context: string): string | undefined {
  const { status, stdout } = spawnSync("kubectl", uidQuery(context, ANSWER_SECONDS), { encoding: "utf8" });
  return status === 0 && stdout !== "" ? stdout : undefined;
}
