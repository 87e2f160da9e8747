import type * as pulumi from "@pulumi/pulumi";

/**
 * Seconds in which a rollout has to come one pod further: to pull an image over a slow line and to start. Where it does
 * not, Kubernetes calls it stuck, and the pods of before go on serving.
 */
export const PROGRESS_SECONDS = 300;

/** Seconds that a pod may take to start, by its startup probe; each pod of a rollout may take that long. */
export const START_SECONDS = 60;

const STUCK = '@.conditions[?@.type == "Progressing" && @.status == "False"]';
/** Every pod is of the new version and serves, and where the cluster counts the pods that are ending, none is left. */
const COMPLETE =
  "@.updatedReplicas && @.updatedReplicas == @.replicas && @.availableReplicas == @.replicas" +
  " && (!@.terminatingReplicas || @.terminatingReplicas == 0)";
const NONE_WANTED = "@.observedGeneration && $.spec.replicas == 0 && !@.replicas";

/**
 * How Pulumi knows that a Deployment is updated. Its own way (provider 4.25 to 4.32 at least) looks no further than a
 * status that is still that of the version before, if the provider first sees the Deployment as it was: which happens
 * where several of a namespace change together. Here no status counts before the controller has seen the change.
 *
 * The first path selects a word, or in its place the status of a Deployment that is stuck: something else than a word
 * is an error, and so that status stands in what an update says when its time is over. The second selects the status of
 * one that is rolled out.
 */
export const WAIT_FOR_ROLLOUT = {
  "pulumi.com/waitFor": JSON.stringify([
    `${jsonPath(`$[?${STUCK}, "kind"]`)}=Deployment`,
    jsonPath(`$[?(${COMPLETE}) || (${NONE_WANTED})]`),
  ]),
};

/** As the provider takes it; its parser stumbles over blanks between terms. */
function jsonPath(path: string): string {
  return `jsonpath={${path.replaceAll(" ", "")}}`;
}

/**
 * How long an update waits: longer than Kubernetes takes to call a rollout stuck, and long enough for every pod.
 *
 * @param pods the most there may be; they are made anew one after the other
 */
export function rolloutTimeouts(pods: number): pulumi.CustomTimeouts {
  const all = `${PROGRESS_SECONDS + START_SECONDS * pods}s`;
  return { create: all, update: all };
}
