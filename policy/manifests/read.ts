import { DEFAULT_NAMESPACE, kubeObject, typeToken } from "../graph/object";
import type { Resource } from "../graph/resource";
import { documents, type Unread } from "./documents";

/** An object of a manifest and where it stands. */
export interface ManifestResource extends Resource {
  /** Undefined for standard input. */
  file?: string;
  /** Line of the object's first line, from 1. */
  line: number;
}

/** What is in a file. */
export interface Manifests {
  /** Objects as rules see them. */
  resources: ManifestResource[];
  /** What is no object, or none that the API would take. */
  unread: Unread[];
}

/** How reports name standard input. */
export const STANDARD_INPUT = "standard input";

const API_VERSION = /^[a-z0-9.-]+(\/[a-z0-9.-]+)?$/i;
const KIND = /^\w+$/;

/** The object that a value is; a clause that says why it is none. */
function resource(value: unknown, file: string | undefined, line: number): ManifestResource | string {
  const { apiVersion, kind } = (value ?? {}) as Record<string, unknown>;
  if (typeof apiVersion !== "string" || typeof kind !== "string" || !API_VERSION.test(apiVersion) || !KIND.test(kind))
    return "no Kubernetes object: it has no apiVersion or no kind";
  const found: ManifestResource = {
    type: typeToken(apiVersion, kind),
    name: "",
    props: value as Record<string, unknown>,
    ...(file === undefined ? {} : { file }),
    line,
  };
  const object = kubeObject(found)!;
  const { generateName } = object.metadata;
  const name = object.name || (generateName && `${generateName}*`);
  if (!name) return `a ${kind} without a metadata.name, or with one that is no text`;
  const unwritten = object.namespace === DEFAULT_NAMESPACE && !object.namesItsNamespace;
  found.name = object.namespace === "" ? name : `${unwritten ? "-" : object.namespace}/${name}`;
  return found;
}

/**
 * Reads Kubernetes manifests as kubectl does: YAML documents, JSON, lists. What is not understood is named, and hides
 * nothing of the rest.
 *
 * @param text of one file
 * @param file its name, for reports. @default undefined, for standard input
 * @returns resources named `namespace/name`; `-` stands for a namespace that is not written down, and `*` at the end for
 * what the API adds to a `generateName`
 */
export function readManifests(text: string, file?: string): Manifests {
  const manifests: Manifests = { resources: [], unread: [] };
  for (const part of documents(text)) {
    const found = "why" in part ? part.why : part.value === null ? undefined : resource(part.value, file, part.line);
    if (typeof found === "object") manifests.resources.push(found);
    else if (found) manifests.unread.push({ file: file ?? STANDARD_INPUT, line: part.line, why: found });
  }
  return manifests;
}
