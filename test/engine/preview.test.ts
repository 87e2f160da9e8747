import { execa } from "execa";
import { expect, test } from "vitest";
import { ENVIRONMENTS } from "../../config/keys";
import { repository } from "../../local/paths";

/** An environment without a cluster, a container engine or a kubeconfig. */
const NOWHERE = { KUBECONFIG: "/nonexistent/kubeconfig", DOCKER_HOST: "unix:///nonexistent/docker.sock" };

const preview = (environment: string) =>
  execa("npm", ["run", "-s", "preview", "--", "--env", environment], {
    cwd: repository,
    env: environment === "dev" ? {} : NOWHERE,
    all: true,
    reject: false,
  });

test.each([...ENVIRONMENTS])("a real preview of %s passes every mandatory policy", async (environment) => {
  const before = (await execa("git", ["status", "--porcelain"], { cwd: repository })).stdout;
  const { exitCode, all } = await preview(environment);
  expect(all).toContain("Resources:");
  expect(all).not.toContain("[mandatory]");
  expect(all).not.toContain("could not be decided");
  expect(exitCode).toBe(0);
  expect((await execa("git", ["status", "--porcelain"], { cwd: repository })).stdout).toBe(before);
});
