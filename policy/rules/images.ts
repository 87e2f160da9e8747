import { eachContainer } from "../engine/checks";
import { listSetting, type Rule } from "../engine/rule";
import type { Graph } from "../graph/graph";
import { Undecided } from "../graph/resource";
import type { Container, Workload } from "../graph/workload";

const IMAGE_RESOURCE = /^docker(-build)?:index(\/image)?:Image$/;

/** The registry, repository, tag and digest that an image reference names. */
function parseImage(reference: string): { registry: string; tag?: string; digest?: string } {
  const [withoutDigest = "", digest] = reference.split("@", 2);
  const slash = withoutDigest.lastIndexOf("/");
  const colon = withoutDigest.indexOf(":", slash);
  const first = withoutDigest.split("/")[0]!;
  const namesRegistry = slash >= 0 && (first.includes(".") || first.includes(":") || first === "localhost");
  return {
    registry: namesRegistry ? first : "docker.io",
    tag: colon >= 0 ? withoutDigest.slice(colon + 1) : undefined,
    digest,
  };
}

/**
 * The reference a container's image will have. Before a first update the digest of an image that the same program
 * builds is unknown; what the build is told is not, and whatever it yields is pinned by that digest.
 */
function reference(container: Container, workload: Workload, graph: Graph): { registry: string; pinned: boolean } {
  try {
    const { registry, tag, digest } = parseImage(container.spec.image ?? "");
    return { registry, pinned: digest !== undefined || (tag !== undefined && tag !== "latest") };
  } catch (error) {
    if (!(error instanceof Undecided)) throw error;
    const built = graph
      .dependencies(workload.object.resource, "spec")
      .find((resource) => IMAGE_RESOURCE.test(resource.type));
    const name = built?.props.imageName ?? (built?.props.tags as unknown[] | undefined)?.[0];
    if (typeof name !== "string") throw error;
    return { registry: parseImage(name).registry, pinned: true };
  }
}

function eachImage(test: (found: ReturnType<typeof reference>, path: string) => string | undefined): Rule["checks"] {
  return eachContainer((container, workload, graph) => test(reference(container, workload, graph), container.path));
}

/** Where images come from and whether they stay the same. */
export const imageRules: Rule[] = [
  {
    id: "image-pinned",
    title: "Every image names a fixed version",
    why:
      "`latest`, or no tag, is another program after the next restart: one replica on each version, and no way " +
      "back.",
    fix: "Name a version tag or, better, a digest.",
    scope: "object",
    checks: eachImage(({ pinned }, path) => (pinned ? undefined : `${path}.image names no version, or latest`)),
  },
  {
    id: "image-registry-allowed",
    title: "Images come from the registries you trust",
    why: "An image from anywhere is a program from anyone. Says nothing until `registries` is set.",
    fix: "Take the image from an allowed registry, or add its registry to the rule's `registries`.",
    scope: "object",
    settings: {
      registries: {
        type: "array",
        items: { type: "string" },
        description: "Allowed registry hosts; empty allows all. Docker Hub is docker.io.",
        default: [],
      },
    },
    checks: (graph, settings) => {
      const allowed = listSetting<string>(settings, "registries");
      if (allowed.length === 0) return [];
      return eachImage(({ registry }, path) =>
        allowed.includes(registry) ? undefined : `${path}.image comes from a registry that is not allowed`,
      )(graph, settings);
    },
  },
];
