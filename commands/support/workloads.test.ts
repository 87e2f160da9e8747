import { expect, test } from "vitest";
import { lastWords, obstacle, type Pod } from "./workloads";

const crashing = (message: string, ready = false, more: Partial<Pod["metadata"]> = {}): Pod => ({
  metadata: { name: "postgres-2", namespace: "online-shop", ...more },
  spec: {},
  status: {
    phase: "Running", conditions: [], initContainerStatuses: [],
    containerStatuses: [{
      name: "postgres", ready, restartCount: 3,
      state: ready ? {} : { waiting: { reason: "CrashLoopBackOff", message: "back-off 40s" } },
      lastState: { terminated: { reason: "Error", exitCode: 1, message } },
    }],
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
  expect(lastWords(crashing("The data volume belongs to uid 0.", false, { deletionTimestamp: "2026-01-31T12:00:00Z" }))).toBeUndefined();
});
