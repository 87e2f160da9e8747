import { createRequire } from "node:module";
import * as pulumi from "@pulumi/pulumi";
import type { AppArgs, BuiltImage } from "./args";

/** What is used of the package that builds images; who names an image by its digest need not have it. */
interface Docker {
  Image: new (
    name: string,
    args: { imageName: string; build: { context: string; dockerfile: string } },
    opts: pulumi.CustomResourceOptions,
  ) => { repoDigest: pulumi.Output<string> };
}

const isBuilt = (image: AppArgs["image"]): image is BuiltImage =>
  typeof image === "object" && !pulumi.Output.isInstance(image) && !(image instanceof Promise);

/**
 * The image's name: the one that is stated, or that of one which is built and pushed, by its digest.
 *
 * @throws Error where one is to be built and the package for that is not installed
 */
export function imageOf(name: string, image: AppArgs["image"], parent: pulumi.Resource): pulumi.Input<string> {
  if (!isBuilt(image)) return image;
  const { build: context, registry, dockerfile = `${context}/Dockerfile` } = image;
  const imageName = `${registry}/${name}:${pulumi.getStack()}`;
  return new (docker(name).Image)(name, { imageName, build: { context, dockerfile } }, { parent }).repoDigest;
}

function docker(name: string): Docker {
  try {
    return createRequire(__filename)("@pulumi/docker") as Docker;
  } catch {
    throw new Error(`App ${name}: image.build needs the package @pulumi/docker; type: npm install @pulumi/docker.`);
  }
}
