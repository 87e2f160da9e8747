import { execa } from "execa";

/**
 * The classic builder, because Debian's engine has no other. Builds use the host's network, which reaches the package
 * registries.
 */
const BUILD = { env: { DOCKER_BUILDKIT: "0" } };

/** Whether the engine has an image of this name. */
export async function hasImage(reference: string): Promise<boolean> {
  return (await execa("docker", ["image", "inspect", reference], { reject: false })).exitCode === 0;
}

/**
 * Builds a Dockerfile.
 *
 * @param folder build context, which holds the Dockerfile
 * @param tags every name the image gets
 * @param args values of its `ARG`s
 */
export async function buildImage(folder: string, tags: string[], args: Record<string, string> = {}): Promise<void> {
  await execa(
    "docker",
    [
      "build",
      "--quiet",
      "--network",
      "host",
      "--force-rm",
      ...tags.flatMap((tag) => ["--tag", tag]),
      ...Object.entries(args).flatMap(([name, value]) => ["--build-arg", `${name}=${value}`]),
      folder,
    ],
    BUILD,
  );
}
