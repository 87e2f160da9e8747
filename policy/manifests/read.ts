import { parseAllDocuments } from "yaml";
import { DEFAULT_NAMESPACE, kubeObject, typeToken } from "../graph/object";
import type { Resource } from "../graph/resource";

/** A manifest that cannot be checked, with where and why. */
export class ManifestError extends Error {}

interface Manifest { apiVersion?: unknown; kind?: unknown; items?: unknown[]; metadata?: unknown }

function resources(manifest: unknown, where: string): Resource[] {
  if (manifest === null || manifest === undefined) return [];
  const { apiVersion, kind, items } = manifest as Manifest;
  if (typeof apiVersion !== "string" || typeof kind !== "string") throw new ManifestError(`${where}: no Kubernetes object, it has no apiVersion or no kind`);
  if (kind.endsWith("List") && Array.isArray(items)) return items.flatMap((item) => resources(item, where));
  const resource: Resource = { type: typeToken(apiVersion, kind), name: "", props: manifest as Record<string, unknown> };
  const object = kubeObject(resource);
  if (typeof manifest !== "object" || !object?.name) throw new ManifestError(`${where}: a ${kind} without metadata.name`);
  resource.name = [...(object.namespace ? [object.namespace === DEFAULT_NAMESPACE && !object.namesItsNamespace ? "-" : object.namespace] : []), object.name].join("/");
  return [resource];
}

/**
 * Reads Kubernetes manifests: YAML documents, JSON, lists.
 *
 * @param text of one file
 * @param file its name, for errors
 * @returns resources as rules see them, named `namespace/name`; `-` stands for a namespace that is not written down
 * @throws ManifestError for what is no manifest
 */
export function readManifests(text: string, file: string): Resource[] {
  return parseAllDocuments(text, { logLevel: "silent" }).flatMap((document, index) => {
    const where = `${file}, document ${index + 1}`;
    if (document.errors[0]) throw new ManifestError(`${where}: ${document.errors[0].message.split("\n")[0]}`);
    return resources(document.toJS(), where);
  });
}
