import { Document, visit } from "yaml";
import { Graph } from "../graph/graph";
import { kubeObject } from "../graph/object";
import type { Resource } from "../graph/resource";
import { checkerNotes } from "./checker-notes";
import { plainValue } from "./scalars";

/** A declared resource, and what its provider would have answered where something was made up for it. */
export interface DeclaredResource extends Resource {
  state?: { spec?: { clusterIP?: string } };
}

/** First lines of rendered manifests. */
const HEADER = [
  "# Rendered from the program under mocks: this is not the engine's own output, and was planned against no cluster.",
  "# Service addresses are chosen here, from 10.96.0.0/16; passwords read REPLACE-ME; images built by the " +
    "program have no real digest.",
  "# kube-score/ignore stands where a rule of docs/policies.md decided the same question with more to go by.",
].join("\n");

const PLACEHOLDER = "REPLACE-ME";
const ENGINE_ANNOTATION = /^pulumi\.com\//;

function annotated(metadata: Record<string, unknown>, notes: Record<string, string>): Record<string, unknown> {
  const { annotations, ...rest } = metadata as { annotations?: Record<string, string> };
  const kept = Object.entries({ ...annotations, ...notes }).filter(([key]) => !ENGINE_ANNOTATION.test(key));
  return { ...rest, ...(kept.length > 0 ? { annotations: Object.fromEntries(kept) } : {}) };
}

function masked(values: unknown, placeholder: string): Record<string, string> {
  return Object.fromEntries(Object.keys(values ?? {}).map((key) => [key, placeholder]));
}

function manifest(resource: DeclaredResource, notes: Record<string, string>): Record<string, unknown>[] {
  const object = kubeObject(resource);
  if (!object) return [];
  const {
    metadata,
    apiVersion: _version,
    kind: _kind,
    ...rest
  } = resource.props as { metadata?: Record<string, unknown>; [key: string]: unknown };
  const body: Record<string, unknown> = { ...rest };
  if (object.kind === "Secret") {
    if (body.stringData) body.stringData = masked(body.stringData, PLACEHOLDER);
    if (body.data) body.data = masked(body.data, Buffer.from(PLACEHOLDER).toString("base64"));
  }
  // The addresses that ConfigMaps hand on belong to these Services: written down, the whole agrees with itself.
  const address = resource.state?.spec?.clusterIP;
  if (object.kind === "Service" && address) body.spec = { ...(body.spec as object), clusterIP: address };
  return [{ apiVersion: object.apiVersion, kind: object.kind, metadata: annotated(metadata ?? {}, notes), ...body }];
}

/** A value as YAML that says the same to kubectl, and to every reader of YAML 1.2: text that looks like more is quoted. */
export function written(value: unknown): string {
  const document = new Document(value, { aliasDuplicateObjects: false, compat: "yaml-1.1" });
  visit(document, {
    Scalar: (_key, scalar) => {
      if (typeof scalar.value === "string" && plainValue(scalar.value) !== scalar.value) scalar.type = "QUOTE_DOUBLE";
    },
  });
  return document.toString({ lineWidth: 0 });
}

/**
 * The Kubernetes objects of a declared graph as one YAML stream, in the order of declaration, without a secret value.
 */
export function renderManifests(resources: DeclaredResource[]): string {
  const notes = checkerNotes(new Graph(resources));
  const documents = resources.flatMap((resource) => manifest(resource, notes.get(resource) ?? {})).map(written);
  return `${HEADER}\n---\n${documents.join("---\n")}`;
}
