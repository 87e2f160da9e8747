import { execa } from "execa";

/** Where the `docker` provider looks by itself. */
const DEFAULT = "unix:///var/run/docker.sock";

/**
 * What the provider has to be told of the container engine: it asks the default socket, while `docker` follows a
 * context (Colima, OrbStack, a rootless engine).
 *
 * @param chosen the engine that the environment names already
 * @param ofContext address that the current Docker context names; empty where there is no `docker`
 */
export function engineVariable(chosen: string | undefined, ofContext: string): Record<string, string> {
  return chosen || !ofContext || ofContext === DEFAULT ? {} : { DOCKER_HOST: ofContext };
}

/** The same for the machine this runs on. */
export async function dockerHost(): Promise<Record<string, string>> {
  const { stdout } = await execa("docker", ["context", "inspect", "--format", "{{.Endpoints.docker.Host}}"], {
    reject: false,
  });
  return engineVariable(process.env["DOCKER_HOST"], (stdout ?? "").trim());
}
