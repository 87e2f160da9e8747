// STAND-IN for the official Pulumi plugin `docker`, which no package registry has. It has the resource Image only, and
// builds it with the `docker` command. Ids, inputs (with the context's digest) and outputs equal the official plugin's,
// so that each plugin can take over the other's state.
import { existsSync } from "node:fs";
import { join, relative } from "node:path";
import { execa } from "execa";
import { contextDigest } from "../../images/context-digest";
import { serve, type Properties, type ResourceType } from "./serve";

/** The `build` input as the program gives it. */
interface Build {
  context?: string;
  dockerfile?: string;
  args?: Record<string, string>;
  platform?: string;
  target?: string;
  builderVersion?: string;
  contextDigest?: string;
}

const ARCHITECTURES: Record<string, string> = { x64: "amd64", arm64: "arm64" };

function buildOf(inputs: Properties): Required<Pick<Build, "context" | "dockerfile">> & Build {
  const build = (inputs["build"] ?? {}) as Build;
  const context = build.context ?? ".";
  return { ...build, context, dockerfile: build.dockerfile ?? join(context, "Dockerfile") };
}

async function buildAndPush(inputs: Properties): Promise<Properties> {
  const build = buildOf(inputs);
  const name = String(inputs["imageName"]);
  const target = build.target ? ["--target", build.target] : [];
  const args = Object.entries(build.args ?? {}).flatMap(([key, value]) => ["--build-arg", `${key}=${value}`]);
  await execa(
    "docker",
    ["build", "--network", "host", "--tag", name, "--file", build.dockerfile, ...target, ...args, build.context],
    {
      env: { DOCKER_BUILDKIT: "0" },
      stdout: "ignore",
    },
  );
  const outs: Properties = {
    dockerfile: relative(build.context, build.dockerfile),
    context: build.context,
    baseImageName: name,
    imageName: name,
    registryServer: (inputs["registry"] as Properties | undefined)?.["server"] ?? "",
  };
  if (inputs["skipPush"] !== true) {
    await execa("docker", ["push", name], { stdout: "ignore" });
    const { stdout } = await execa("docker", [
      "image",
      "inspect",
      "--format",
      "{{range .RepoDigests}}{{println .}}{{end}}",
      name,
    ]);
    // An image may have several names; take the digest of the one that was pushed.
    const repository = name.replace(/:[^/:]+$/, "");
    outs["repoDigest"] = stdout.split("\n").find((line) => line.startsWith(`${repository}@`)) ?? "";
  }
  return { ...outs, __inputs: inputs };
}

const image: ResourceType = {
  check: async (inputs) => {
    const build = buildOf(inputs);
    if (!existsSync(build.dockerfile)) throw new Error(`could not open dockerfile at ${build.dockerfile}`);
    return {
      ...inputs,
      build: {
        ...(inputs["build"] as object),
        contextDigest: contextDigest(build.context, build.dockerfile),
        platform: build.platform ?? `linux/${ARCHITECTURES[process.arch] ?? process.arch}`,
      },
    };
  },
  replaces: () => [],
  changes: (olds, news) => canonical(olds["__inputs"]) !== canonical(news),
  create: async (inputs) => ({ id: String(inputs["imageName"]), outs: await buildAndPush(inputs) }),
  update: buildAndPush,
};

/** JSON with sorted keys: the engine does not keep their order. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === "object" && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

if (require.main === module) serve({ "docker:index/image:Image": image });
