import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { repository } from "../../local/paths";
import { FakeApi } from "../support/fake-api";
import { kubeconfigText, ownProgram, ownPulumi } from "../support/own-program";

/** When `pulumi up` reports a Deployment as updated: the real provider, with this test as the cluster's controller. */

const DEPLOYMENT = "apis/apps/v1/namespaces/shop/deployments/web";
const REPLICAS = 3;

let api: FakeApi;
let folder: string;
/** Whether the controller has finished the rollout. */
let done: boolean;

/** A user's program: one web service. Pulumi does not wait for the pods of its Services. */
const program = `
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { WebService } from "${repository}/components/web-service/web-service";
const provider = new k8s.Provider("cluster", { kubeconfig: process.env.KUBECONFIG, suppressHelmHookWarnings: true });
const unwaited = (args: any) => ({ ...args, metadata: { ...args.metadata, annotations: { "pulumi.com/skipAwait": "true" } } });
const asTheProvider = (args: any) => ({ ...args, metadata: { ...args.metadata, annotations: {} } });
// A test does not wait as long as a rollout may take.
pulumi.runtime.registerStackTransformation(({ type, props, opts }) => type.endsWith(":Deployment") && process.env.TIMEOUT
  ? { props, opts: { ...opts, customTimeouts: { update: process.env.TIMEOUT } } } : undefined);
new WebService("web", {
  namespace: "shop", image: process.env.IMAGE!, replicas: ${REPLICAS},
  transform: { service: unwaited, ...(process.env.OWN_WAIT ? {} : { deployment: asTheProvider }) },
}, { provider });
`;

async function pulumi(
  env: Record<string, string>,
  ...args: string[]
): Promise<{ exitCode: number | undefined; said: string }> {
  const { exitCode, all } = await ownPulumi(folder, { KUBECONFIG: join(folder, "kubeconfig"), ...env }, ...args);
  return { exitCode, said: all };
}

const up = (image: string, ownWait = "yes", env: Record<string, string> = {}) =>
  pulumi({ IMAGE: image, OWN_WAIT: ownWait, ...env }, "up", "--yes", "--skip-preview", "--stack", "dev");

/** Writes the status of a rollout, as a controller does. */
function status(
  revision: number,
  updated: number,
  reason: string,
  going: "True" | "False" = "True",
  message = "",
): void {
  const deployment = api.read(DEPLOYMENT);
  if (!deployment) return;
  const { metadata } = deployment;
  const replicaSet = `apis/apps/v1/namespaces/shop/replicasets/web-${revision}`;
  api.write(replicaSet, {
    apiVersion: "apps/v1",
    kind: "ReplicaSet",
    spec: { replicas: Math.max(updated, 1) },
    status: { readyReplicas: updated },
    metadata: {
      name: `web-${revision}`,
      namespace: "shop",
      uid: replicaSet,
      annotations: { "deployment.kubernetes.io/revision": String(revision) },
      ownerReferences: [
        { uid: metadata.uid, kind: "Deployment", name: "web", apiVersion: "apps/v1", controller: true },
      ],
    },
  });
  api.write(DEPLOYMENT, {
    ...deployment,
    metadata: {
      ...metadata,
      annotations: { ...metadata.annotations, "deployment.kubernetes.io/revision": String(revision) },
    },
    status: {
      observedGeneration: metadata.generation,
      replicas: updated < REPLICAS ? REPLICAS + 1 : REPLICAS,
      readyReplicas: REPLICAS,
      availableReplicas: REPLICAS,
      updatedReplicas: updated,
      conditions: [
        { type: "Available", status: "True" },
        { type: "Progressing", status: going, reason, message },
      ],
    },
  });
}

const after = (seconds: number, act: () => void): void => {
  setTimeout(act, 1_000 * seconds);
};

beforeEach(async () => {
  api = new FakeApi();
  done = false;
  folder = ownProgram("rollout", program);
  writeFileSync(join(folder, "kubeconfig"), kubeconfigText(await api.start()));
  const made = await pulumi({}, "stack", "init", "dev");
  expect(made.exitCode, made.said).toBe(0);
  api.onDeployment = () =>
    after(0.1, () => {
      status(1, REPLICAS, "NewReplicaSetAvailable");
    });
  expect((await up("registry.example/web:1")).said).toContain("11 created");
});

afterEach(() => {
  api.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Acts as the controller on the next version, once the provider watches the Deployment. */
function onceWatched(act: () => void): void {
  api.onDeployment = () => {
    api.onWatch = (where) => {
      if (!where.endsWith("/deployments")) return;
      api.onWatch = () => undefined;
      act();
    };
  };
}

/** Rolls the next version out within six seconds, for a provider whose first look at the Deployment is out of date. */
function lateRollout(): void {
  api.late = true;
  onceWatched(() => {
    after(4, () => {
      status(2, 1, "ReplicaSetUpdated");
    });
    after(6, () => {
      done = true;
      status(2, REPLICAS, "NewReplicaSetAvailable");
    });
  });
}

test("the provider's own wait reports a version as updated that no pod runs", async () => {
  api.late = true;
  api.onDeployment = () => undefined;
  const { exitCode, said } = await up("registry.example/web:2", "", { TIMEOUT: "60s" });
  expect(exitCode, said).toBe(0);
});

test("a version is reported as updated once every pod runs it", async () => {
  lateRollout();
  const { exitCode, said } = await up("registry.example/web:2");
  expect(done, said).toBe(true);
  expect(exitCode).toBe(0);
});

test("a version that does not start ends the update with the reason and how many old pods serve", async () => {
  onceWatched(() => {
    after(0.2, () => {
      status(2, 0, "ReplicaSetUpdated");
    });
    after(1, () => {
      status(2, 0, "ProgressDeadlineExceeded", "False", 'ReplicaSet "web-2" has timed out progressing.');
    });
  });
  const { exitCode, said } = await up("registry.example/web:2", "yes", { TIMEOUT: "10s" });
  expect(exitCode).not.toBe(0);
  expect(said).toContain('ReplicaSet "web-2" has timed out progressing.');
  expect(said).toContain(`availableReplicas:${REPLICAS}`);
});
