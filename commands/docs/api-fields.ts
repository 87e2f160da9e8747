import * as client from "@kubernetes/client-node/dist/gen/models/ObjectSerializer.js";
import clientPackage from "@kubernetes/client-node/package.json";

interface Attribute {
  baseName: string;
  type: string;
  format: string;
}

/** Fields that the API parses as amounts: it takes a number too, where the document that the client is made from says text. */
const AMOUNTS: Record<string, string[]> = {
  V1ResourceRequirements: ["requests", "limits"],
  V1VolumeResourceRequirements: ["requests", "limits"],
  V1ResourceQuotaSpec: ["hard"],
  V1LimitRangeItem: ["default", "defaultRequest", "max", "min", "maxLimitRequestRatio"],
  V1PodSpec: ["overhead"],
  V1Overhead: ["podFixed"],
  V1EmptyDirVolumeSource: ["sizeLimit"],
  V1ResourceFieldSelector: ["divisor"],
  V1PersistentVolumeSpec: ["capacity"],
  V1CSIStorageCapacity: ["capacity", "maximumVolumeSize"],
  V2MetricTarget: ["averageValue", "value"],
  V2HPAScalingRules: ["tolerance"],
};

/** What only the API server writes: no rule reads it, and nobody sends it. */
const SERVERS_OWN = ["status", "managedFields"];

/** Versions that have no promise of staying: alpha, and what resources for devices are in flux. */
const UNSETTLED = /^V\d(alpha|beta)|Resource(Claim|Slice)|Review$|^(Core|Events)V1Event$/;

const MODELS = Object.fromEntries(
  Object.entries(client as unknown as Record<string, { attributeTypeMap?: Attribute[] }>).flatMap(
    ([name, { attributeTypeMap }]) => (attributeTypeMap ? [[name, attributeTypeMap] as const] : []),
  ),
);

/** A field's type in short: `string`, `int`, `amount`, a model's name; `[]` before it is a list, `{}` a map of it. */
function shortType({ type, format }: Attribute, amount: boolean): string {
  const list = /^(?:Array|Set)<(.*)>$/.exec(type);
  if (list) return `[]${shortType({ baseName: "", type: list[1]!, format }, amount)}`;
  const map = /^\{ \[key: string\]: (.*); \}$/.exec(type);
  if (map) return `{}${shortType({ baseName: "", type: map[1]!, format }, amount)}`;
  if (amount) return "amount";
  if (type === "number") return format === "double" ? "number" : "int";
  if (type === "Date" || type === "V1MicroTime") return "string";
  return type;
}

function fieldsOf(name: string): Record<string, string> {
  const amounts = AMOUNTS[name] ?? [];
  return Object.fromEntries(
    MODELS[name]!.filter(({ baseName }) => !SERVERS_OWN.includes(baseName)).map((attribute) => [
      attribute.baseName,
      shortType(attribute, amounts.includes(attribute.baseName)),
    ]),
  );
}

/** Whether a model is an object that is sent to the API, and not a part of one. */
function isKind(name: string): boolean {
  const has = (field: string, type: string): boolean =>
    MODELS[name]!.some((attribute) => attribute.baseName === field && attribute.type === type);
  return !UNSETTLED.test(name) && has("kind", "string") && has("metadata", "V1ObjectMeta");
}

/**
 * The fields of the API's own objects and their types, as JSON, a model a line: what the policy rules hold manifests
 * against. Taken from the official client, which is made from the API's OpenAPI document, and loads too slowly for a
 * policy pack.
 */
export function apiFields(): string {
  const models = new Map<string, Record<string, string>>();
  const take = (name: string): void => {
    if (models.has(name)) return;
    const fields = fieldsOf(name);
    models.set(name, fields);
    for (const type of Object.values(fields)) {
      const part = type.replace(/^(\[\]|\{\})+/, "");
      if (part in MODELS) take(part);
    }
  };
  Object.keys(MODELS).filter(isKind).sort().forEach(take);
  const lines = [...models]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, fields]) => `  ${JSON.stringify(name)}: ${JSON.stringify(fields)}`);
  return `{\n  "client": ${JSON.stringify(clientPackage.version)},\n${lines.join(",\n")}\n}\n`;
}
