import { execa } from "execa";

/** Socket that the `docker` provider uses by default. */
const DEFAULT = "unix:///var/run/docker.sock";

/**
 * The variable that tells the `docker` provider where the container engine is. The provider uses the default socket,
 * while `docker` follows a context (Colima, OrbStack, a rootless engine).
 *
 * @param chosen `DOCKER_HOST` of the environment, which wins
 * @param ofContext address in the current Docker context; empty where there is no `docker`
 */
export function engineVariable(chosen: string | undefined, ofContext: string): Record<string, string> {
  return chosen || !ofContext || ofContext === DEFAULT ? {} : { DOCKER_HOST: ofContext };
}

/** {@link engineVariable} for this machine. */
export async function dockerHost(): Promise<Record<string, string>> {
  const { stdout } = await execa("docker", ["context", "inspect", "--format", "{{.Endpoints.docker.Host}}"], {
    reject: false,
  });
  return engineVariable(process.env["DOCKER_HOST"], (stdout ?? "").trim());
}
