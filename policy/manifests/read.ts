import { LineCounter, parseAllDocuments } from "yaml";
import { Refusal } from "../../config/refusal";
import { DEFAULT_NAMESPACE, kubeObject, typeToken } from "../graph/object";
import type { Resource } from "../graph/resource";

/** An object of a manifest and where it stands. */
export interface ManifestResource extends Resource {
  file: string;
  /** Line of its document's first line, from 1. */
  line: number;
}

interface Manifest {
  apiVersion?: unknown;
  kind?: unknown;
  items?: unknown[];
}

function resources(manifest: unknown, file: string, line: number): ManifestResource[] {
  if (manifest === null || manifest === undefined) return [];
  const { apiVersion, kind, items } = manifest as Manifest;
  const where = `${file}, line ${line}`;
  if (typeof apiVersion !== "string" || typeof kind !== "string")
    throw new Refusal(`${where}: no Kubernetes object: it has no apiVersion or no kind`);
  if (kind.endsWith("List") && Array.isArray(items)) return items.flatMap((item) => resources(item, file, line));
  const resource: ManifestResource = {
    type: typeToken(apiVersion, kind),
    name: "",
    props: manifest as Record<string, unknown>,
    file,
    line,
  };
  const object = kubeObject(resource);
  if (!object?.name) throw new Refusal(`${where}: a ${kind} without metadata.name`);
  const unwritten = object.namespace === DEFAULT_NAMESPACE && !object.namesItsNamespace;
  resource.name = object.namespace === "" ? object.name : `${unwritten ? "-" : object.namespace}/${object.name}`;
  return [resource];
}

/**
 * Reads Kubernetes manifests: YAML documents, JSON, lists.
 *
 * @param text of one file
 * @param file its name, for errors and reports
 * @returns resources as rules see them, named `namespace/name`; `-` stands for a namespace that is not written down
 * @throws Refusal for what is no manifest, with where and why
 */
export function readManifests(text: string, file: string): ManifestResource[] {
  const lines = new LineCounter();
  return parseAllDocuments(text, { logLevel: "silent", lineCounter: lines }).flatMap((document) => {
    const line = lines.linePos(document.contents?.range?.[0] ?? document.range[0]).line;
    if (document.errors[0])
      throw new Refusal(`${file}, line ${lines.linePos(document.errors[0].pos[0]).line}: ${document.errors[0].code}`);
    return resources(document.toJS(), file, line);
  });
}
