import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

interface Schema {
  $ref?: string;
  type?: string;
  format?: string;
  properties?: Record<string, Schema>;
  items?: Schema;
  additionalProperties?: Schema | boolean;
  anyOf?: Schema[];
  enum?: string[];
  "x-kubernetes-group-version-kind"?: { group: string; version: string; kind: string }[];
}

/** A reference or type that Swagger writes more narrowly than the API server reads it. */
function widened(schema: Schema): Schema {
  const number = schema.$ref?.endsWith(".resource.Quantity");
  if (number || schema.format === "int-or-string" || schema.$ref?.endsWith(".util.intstr.IntOrString"))
    return { anyOf: [{ type: "string" }, { type: number ? "number" : "integer" }] };
  const { properties, items, additionalProperties, ...rest } = schema;
  return {
    ...rest,
    ...(items ? { items: widened(items) } : {}),
    // A field that no version of the object has is a typing error: the API server would drop it without a word.
    ...(properties
      ? {
          properties: Object.fromEntries(Object.entries(properties).map(([key, value]) => [key, widened(value)])),
          additionalProperties: false,
        }
      : typeof additionalProperties === "object"
        ? { additionalProperties: widened(additionalProperties) }
        : {}),
  };
}

/**
 * Writes the JSON schemas that kubeconform asks for, made from Kubernetes' own OpenAPI description, so that no schema
 * comes over the network: `<kind>-<group>-<version>.json` for each kind.
 *
 * @param swaggerFile `api/openapi-spec/swagger.json` of the Kubernetes sources
 * @returns the location to hand to kubeconform's `-schema-location`
 */
export function writeSchemas(swaggerFile: string, folder: string): string {
  const { definitions } = JSON.parse(readFileSync(swaggerFile, "utf8")) as { definitions: Record<string, Schema> };
  const all = Object.fromEntries(Object.entries(definitions).map(([name, schema]) => [name, widened(schema)]));
  const used = (names: string[], found = new Set<string>()): Set<string> => {
    for (const name of names.filter((candidate) => !found.has(candidate))) {
      found.add(name);
      used(
        [...JSON.stringify(all[name]).matchAll(/"#\/definitions\/([^"]+)"/g)].map(([, reference]) => reference!),
        found,
      );
    }
    return found;
  };
  mkdirSync(folder, { recursive: true });
  for (const [name, { "x-kubernetes-group-version-kind": kinds = [] }] of Object.entries(definitions)) {
    for (const { group, version, kind } of kinds) {
      const parts = [kind, ...(group ? [group.split(".")[0]] : []), version].join("-").toLowerCase();
      const schema = {
        $ref: `#/definitions/${name}`,
        definitions: Object.fromEntries([...used([name])].map((each) => [each, all[each]])),
      };
      writeFileSync(join(folder, `${parts}.json`), JSON.stringify(schema));
    }
  }
  return join(folder, "{{.ResourceKind}}{{.KindSuffix}}.json");
}
