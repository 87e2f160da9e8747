import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { repository } from "../../local/paths";
import { NOWHERE, ownProgram, ownPulumi } from "../support/own-program";

/** A program without Holdfast: a password in clear, and an image whose name is known only after an update. */
const PROGRAM = `
import * as k8s from "@pulumi/kubernetes";
const kubeconfig = JSON.stringify({ apiVersion: "v1", kind: "Config", "current-context": "c", contexts: [{ name: "c", context: { cluster: "c", user: "u" } }],
  clusters: [{ name: "c", cluster: { server: "https://127.0.0.1:1" } }], users: [{ name: "u", user: {} }] });
const opts = { provider: new k8s.Provider("provider", { kubeconfig }) };
const metadata = { namespace: "shop", name: "web" };
const service = new k8s.core.v1.Service("web", { metadata, spec: { selector: { app: "web" }, ports: [{ port: 80 }] } }, opts);
new k8s.core.v1.ConfigMap("web", { metadata, data: { PASSWORD: "hunter2" } }, opts);
const container = { name: "web", image: process.env.IMAGE ?? service.id, ports: [{ containerPort: 80 }] };
new k8s.apps.v1.Deployment("web", { metadata, spec: { selector: { matchLabels: { app: "web" } }, template: { metadata: { labels: { app: "web" } }, spec: { containers: [container] } } } }, opts);
`;

let folder: string;

beforeAll(async () => {
  folder = ownProgram("anybody", PROGRAM);
  const { exitCode, all } = await ownPulumi(folder, NOWHERE, "stack", "init", "prod");
  expect(exitCode, all).toBe(0);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs `pulumi` on that program with the policy pack. */
function pulumi(args: string[], env: Record<string, string> = {}) {
  const pack = ["--stack", "prod", "--policy-pack", join(repository, "policy")];
  return ownPulumi(folder, { ...NOWHERE, ...env }, ...args, ...pack);
}

test("an unsafe stack stops a preview: rule, resource and fix are named, and no value is", async () => {
  const { all, exitCode } = await pulumi(["preview"], { IMAGE: "nginx" });
  expect(all).toMatch(/\[mandatory\] +no-literal-credential +\(kubernetes:core\/v1:ConfigMap: web\)/);
  expect(all).toMatch(/data\[PASSWORD\] holds a credential in clear\. Fix: Put it into a Secret/);
  expect(all).toMatch(/\[mandatory\] +image-pinned +\(kubernetes:apps\/v1:Deployment: web\)/);
  expect(all).toMatch(/\[mandatory\] +request-path-redundant +\(kubernetes:apps\/v1:Deployment: web\)/);
  expect(all).not.toContain("hunter2");
  expect(exitCode).not.toBe(0);
});

test("an update of it stops before anything is made", async () => {
  const { all, exitCode } = await pulumi(["up", "--yes"], { IMAGE: "nginx" });
  expect(all).toContain("[mandatory]");
  expect(exitCode).not.toBe(0);
  const state = readFileSync(join(folder, "state", ".pulumi", "stacks", "anybody", "prod.json"), "utf8");
  expect(state).not.toContain("kubernetes:");
});

test("a value that is not known yet is said to be undecided, counted, and hides nothing else", async () => {
  const { all } = await pulumi(["preview"]);
  expect(all).toMatch(/\[advisory\] +undecided +\(kubernetes:apps\/v1:Deployment: web\)/);
  expect(all).toMatch(
    /image-pinned \(mandatory\) could not be decided: it depends on spec\.template\.spec\.containers\[0\]\.image/,
  );
  expect(all).toContain("1 checks could not be decided, 1 of them mandatory");
  expect(all).toMatch(/\[mandatory\] +non-root/);
});

test("levels, settings and exemptions are CrossGuard's", async () => {
  const file = join(folder, "policies.json");
  const exemptions = [{ resource: "web", reason: "this test wants to see it", until: "2999-12-31" }];
  writeFileSync(
    file,
    JSON.stringify({ all: "advisory", "no-literal-credential": { enforcementLevel: "mandatory", exemptions } }),
  );
  const { all, exitCode } = await pulumi(["preview", "--policy-pack-config", file], { IMAGE: "nginx" });
  expect(all).not.toContain("[mandatory]");
  expect(all).not.toContain("no-literal-credential");
  expect(exitCode).toBe(0);
});
