// STAND-IN for the official Pulumi plugin `docker`, which is not to be had from package registries. It knows Image only,
// and builds it with the `docker` command; ids, inputs (the context's digest among them) and outputs are the official
// plugin's, so that either can follow the other.
import { createHash } from "node:crypto";
import { existsSync, lstatSync, readFileSync, readdirSync, realpathSync } from "node:fs";
import { join, relative, sep } from "node:path";
import dockerignore from "@balena/dockerignore";
import { execa } from "execa";
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

/** Mode as Go prints it, which the official digest contains: `-rw-r--r--`, or `Lrwxrwxrwx` for a link. */
function goMode(mode: number, link: boolean): string {
  const bits = ["r", "w", "x", "r", "w", "x", "r", "w", "x"].map((letter, i) => (mode & (1 << (8 - i)) ? letter : "-"));
  return (link ? "L" : "-") + bits.join("");
}

function filesBelow(folder: string, ignored: (path: string) => boolean, inside = folder): string[] {
  return readdirSync(inside, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(inside, entry.name);
      if (entry.isDirectory()) return ignored(relative(folder, path)) ? [] : filesBelow(folder, ignored, path);
      return ignored(relative(folder, path)) ? [] : [path];
    });
}

/** Digest of everything a build can see: names, modes and contents, without what `.dockerignore` leaves out. */
export function contextDigest(context: string, dockerfile: string): string {
  const ignoreFile = join(context, ".dockerignore");
  const rules = dockerignore({ ignorecase: false }).add(existsSync(ignoreFile) ? readFileSync(ignoreFile, "utf8") : "");
  const sum = createHash("sha256");
  const add = (path: string, name: string, mode: string): void => {
    const content = mode.startsWith("L") ? realpathSync(path) : readFileSync(path);
    sum.update(name).update(mode).update(createHash("sha256").update(content).digest()).update(Buffer.of(0));
  };
  add(dockerfile, "Dockerfile", "----------");
  for (const path of filesBelow(context, (candidate) => rules.ignores(candidate))) {
    const stat = lstatSync(path);
    add(path, relative(context, path).split(sep).join("/"), goMode(stat.mode, stat.isSymbolicLink()));
  }
  return sum.digest("hex");
}

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
  await execa("docker", ["build", "--network", "host", "--tag", name, "--file", build.dockerfile, ...target, ...args, build.context], {
    env: { DOCKER_BUILDKIT: "0" }, stdout: "ignore",
  });
  const outs: Properties = {
    dockerfile: relative(build.context, build.dockerfile), context: build.context,
    baseImageName: name, imageName: name, registryServer: (inputs["registry"] as Properties | undefined)?.["server"] ?? "",
  };
  if (inputs["skipPush"] !== true) {
    await execa("docker", ["push", name], { stdout: "ignore" });
    const { stdout } = await execa("docker", ["image", "inspect", "--format", "{{range .RepoDigests}}{{println .}}{{end}}", name]);
    // An image may be known under several names; the one that was pushed is meant.
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
      : inner);
}

if (require.main === module) serve({ "docker:index/image:Image": image });
