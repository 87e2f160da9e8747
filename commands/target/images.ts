import { join } from "node:path";
import { execa } from "execa";
import type { Settings } from "../../config/settings";
import { buildFolder, OWN_IMAGES, writeBuildContext } from "../../images/build-context";
import { contextDigest } from "../../images/context-digest";
import { buildImage, hasImage } from "../../local/docker/images";
import { repository } from "../../local/paths";

/** Holdfast's own images, by the configuration key that can name another one. */
const OWN = { webAppImage: "web-app", postgresImage: "postgres" } as const;

/** Digits of the content's digest in a tag: enough that no two contents share a tag. */
const TAG_LENGTH = 16;

/** Name of an image whose tag is a digest of the build context, so that the same content has the same name. */
export function contentReference(name: string, folder: string): string {
  return `${name}:${contextDigest(folder, join(folder, "Dockerfile")).slice(0, TAG_LENGTH)}`;
}

/**
 * Builds the images that the configuration does not name, and loads them into minikube's nodes, which have no registry.
 *
 * @param profile minikube's name of the cluster
 * @returns the configuration that names the images
 */
export async function loadIntoMinikube(
  profile: string,
  settings: Settings,
  say: (line: string) => void,
): Promise<Record<string, string>> {
  const config: Record<string, string> = {};
  const named = { webAppImage: settings.images.webApp, postgresImage: settings.images.postgres };
  for (const [key, name] of Object.entries(OWN)) {
    if (named[key as keyof typeof OWN]) continue;
    const context = join(repository, buildFolder(name));
    writeBuildContext(join(repository, OWN_IMAGES[name]), context);
    const reference = contentReference(`holdfast/${name}`, context);
    if (!(await hasImage(reference))) {
      say(`build ${reference}`);
      await buildImage(context, [reference]);
    }
    say(`minikube image load ${reference}`);
    await execa("minikube", ["--profile", profile, "image", "load", reference]);
    config[key] = reference;
  }
  return config;
}
