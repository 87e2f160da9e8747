import type { V1Pod } from "@kubernetes/client-node";
import { expect, test } from "vitest";
import { lastWords, obstacle, stillServing, type Workload } from "./workloads";

const crashing = (message: string, ready = false, more: object = {}): V1Pod => ({
  metadata: { name: "postgres-2", namespace: "online-shop", ...more },
  status: {
    phase: "Running",
    containerStatuses: [
      {
        name: "postgres",
        image: "",
        imageID: "",
        ready,
        restartCount: 3,
        state: ready ? {} : { waiting: { reason: "CrashLoopBackOff", message: "back-off 40s" } },
        lastState: { terminated: { reason: "Error", exitCode: 1, message } },
      },
    ],
  },
});

test("a program that says why it can't run is quoted, and not what Kubernetes makes of it", () => {
  expect(lastWords(crashing("The data volume belongs to uid 0.\n"))).toBe("The data volume belongs to uid 0.");
  expect(obstacle(crashing("The data volume belongs to uid 0.\n"))).toBe("The data volume belongs to uid 0.");
});

test("a crash without a word is told as Kubernetes tells it", () => {
  expect(lastWords(crashing(""))).toBeUndefined();
  expect(obstacle(crashing(""))).toBe("container postgres: CrashLoopBackOff back-off 40s");
});

test("words of before it ran, or of a pod that goes, say nothing of now", () => {
  expect(lastWords(crashing("The data volume belongs to uid 0.", true))).toBeUndefined();
  expect(
    lastWords(crashing("The data volume belongs to uid 0.", false, { deletionTimestamp: "2026-01-31T12:00:00Z" })),
  ).toBeUndefined();
});

const said = (status: "True" | "False"): V1Pod => {
  const pod = crashing("", true);
  return { ...pod, status: { ...pod.status, conditions: [{ type: "Ready", status }] } };
};

test.each<[string, V1Pod, RegExp | undefined]>([
  ["ready is in nobody's way", said("True"), undefined],
  ["not ready is, whatever was last heard of its containers: its node may be lost", said("False"), /^is not ready/],
  ["done with what it was for is, too", { status: { phase: "Succeeded" } }, undefined],
  ["on its way out is not ready", { ...said("True"), metadata: { deletionTimestamp: new Date(0) } }, /^is ending$/],
])("a pod that is %s", (_, pod, why) => {
  if (why === undefined) expect(obstacle(pod)).toBeUndefined();
  else expect(obstacle(pod)).toMatch(why);
});

const deployment = (status: Partial<Workload["status"]>, kind = "Deployment"): Workload => ({
  kind,
  metadata: { name: "web-app", namespace: "online-shop", generation: 2 },
  spec: { replicas: 3, template: { spec: { containers: [] } } },
  status: {
    observedGeneration: 2,
    replicas: 3,
    readyReplicas: 3,
    updatedReplicas: 3,
    numberReady: 0,
    updatedNumberScheduled: 0,
    ...status,
  },
});

test.each<[string, Workload, boolean]>([
  ["a new version of which one pod does not start", deployment({ replicas: 4, updatedReplicas: 1 }), true],
  ["one that is through", deployment({}), false],
  ["one of which a pod is still missing, and none of before is left", deployment({ readyReplicas: 2 }), false],
  ["one with nobody ready", deployment({ replicas: 4, readyReplicas: 0, updatedReplicas: 1 }), false],
  ["a StatefulSet, which changes its pods where they are", deployment({ updatedReplicas: 1 }, "StatefulSet"), false],
])("%s: whether the version before still serves is said", (_, workload, said) => {
  expect(stillServing(workload) ?? "").toBe(
    said ? "web-app: the version before still serves. 1 of 3 pods are of the new one, and 3 of either are ready." : "",
  );
});
