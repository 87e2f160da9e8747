import { BUILT_IN_GROUPS, groupOf, versionOf } from "./groups";
import api from "./api.json";
import { type Path, pathText } from "./path";
import { UNKNOWN } from "./resource";

/** A field whose value is of another type than the API's: the API refuses the object. Rules see it as not set. */
export interface Misshapen {
  /** Property path, for example `spec.replicas`. */
  path: string;
  /** What the API takes, for example `an integer`. */
  wanted: string;
}

/** An object's properties as the API reads them. */
export interface Shaped {
  props: Record<string, unknown>;
  misshapen: Misshapen[];
  /** Where an object of somebody else's kind has pod templates. Empty for the API's own kinds. */
  templates: Path[];
}

type Fields = Record<string, string>;
type Known = Record<string, unknown>;

const MODELS = new Map(Object.entries(api as unknown as Record<string, Fields>).filter(([name]) => name !== "client"));
const TEMPLATE = "V1PodTemplateSpec";
/** Places that declare no pods: an object's own description, and what the cluster answered. */
const NO_TEMPLATES = new Set(["metadata", "status"]);

const WANTED: Record<string, string> = {
  string: "a text",
  boolean: "true or false",
  int: "an integer",
  number: "a number",
  amount: "an amount such as 500m or 1Gi",
  IntOrString: "an integer or a text",
};

const AMOUNT = /^[+-]?(\d+\.?\d*|\.\d+)([numkMGTPE]|[KMGTPE]i|[eE][+-]?\d+)?$/;

const SCALARS: Record<string, (value: unknown) => boolean> = {
  string: (value) => typeof value === "string",
  boolean: (value) => typeof value === "boolean",
  int: Number.isInteger,
  number: Number.isFinite,
  amount: (value) => Number.isFinite(value) || (typeof value === "string" && AMOUNT.test(value)),
  IntOrString: (value) => typeof value === "string" || Number.isInteger(value),
};

/** What Go's decoder makes of a null in a list: the type's zero. */
function zero(type: string): unknown {
  if (type.startsWith("[]") || type === "any") return undefined;
  if (type === "string" || type === "amount") return "";
  if (type === "boolean") return false;
  return type in SCALARS ? 0 : {};
}

const isMap = (value: unknown): value is Known => typeof value === "object" && value !== null && !Array.isArray(value);

/** Whether a value in an object of a foreign kind is a pod template: it has a spec with containers that have a name. */
function isTemplate(value: Known): boolean {
  const { spec } = value;
  if (!isMap(spec)) return false;
  const { containers } = spec;
  return Array.isArray(containers) && containers.some((item) => isMap(item) && ("image" in item || "name" in item));
}

class Shaper {
  readonly misshapen: Misshapen[] = [];
  readonly templates: Path[] = [];

  /** A value as its type has it; undefined, and noted, if it is of another. */
  typed(value: unknown, type: string, path: Path): unknown {
    if (value === UNKNOWN || value === undefined || value === null) return value ?? undefined;
    if (type === "any") return this.free(value, path, false);
    if (type.startsWith("[]")) {
      if (!Array.isArray(value)) return this.note(path, "a list");
      const item = type.slice(2);
      return value.map((each, index) => this.typed(each, item, [...path, index]) ?? zero(item));
    }
    if (type in SCALARS) return SCALARS[type]!(value) ? value : this.note(path, WANTED[type]!);
    if (!isMap(value)) return this.note(path, "a map of fields");
    const item = type.startsWith("{}") ? type.slice(2) : undefined;
    const fields = MODELS.get(type) ?? {};
    return this.map(value, (each, key) => {
      const own = item ?? (Object.hasOwn(fields, key) ? fields[key]! : "any");
      return this.typed(each, own, [...path, key]);
    });
  }

  /** A value whose type nobody states. Nulls in its maps are left out, and where asked for, templates are looked for. */
  free(value: unknown, path: Path, search: boolean): unknown {
    if (Array.isArray(value)) return value.map((item, index) => this.free(item, [...path, index], search));
    if (!isMap(value)) return value ?? undefined;
    if (search && path.length > 0 && isTemplate(value)) {
      this.templates.push(path);
      return this.typed(value, TEMPLATE, path);
    }
    return this.map(value, (item, key) =>
      this.free(item, [...path, key], search && !(path.length === 0 && NO_TEMPLATES.has(key))),
    );
  }

  private map(value: Known, shape: (item: unknown, key: string) => unknown): Known {
    return Object.fromEntries(
      Object.entries(value)
        .map(([key, item]) => [key, shape(item, key)] as const)
        .filter(([, item]) => item !== undefined),
    );
  }

  private note(path: Path, wanted: string): undefined {
    this.misshapen.push({ path: pathText(path), wanted });
  }
}

/**
 * The model of one of the API's own kinds; undefined for any other. A version that is no longer served has the newest
 * one's, which is near enough for rules, but not for saying what is wrong.
 */
function modelOf(apiVersion: string, kind: string): { model: string; exact: boolean } | undefined {
  if (!BUILT_IN_GROUPS.has(groupOf(apiVersion))) return undefined;
  const version = versionOf(apiVersion);
  const own = `${version.charAt(0).toUpperCase()}${version.slice(1)}${kind}`;
  const model = [own, `V2${kind}`, `V1${kind}`].find((name) => MODELS.get(name)?.metadata === "V1ObjectMeta");
  return model === undefined ? undefined : { model, exact: model === own };
}

/**
 * An object's properties as the API reads them: null is "not set", and a value of a wrong type, which the API refuses,
 * is left out and noted. Values that are not known yet stay.
 */
export function shaped(apiVersion: string, kind: string, props: Known): Shaped {
  const shaper = new Shaper();
  const known = modelOf(apiVersion, kind);
  if (known) {
    const read = shaper.typed(props, known.model, []) as Known;
    return { props: read, templates: [], misshapen: known.exact ? shaper.misshapen : [] };
  }
  const { metadata, ...rest } = props;
  const body = shaper.free(rest, [], !kind.endsWith("Patch")) as Known;
  const described = shaper.typed(metadata, "V1ObjectMeta", ["metadata"]);
  const { misshapen, templates } = shaper;
  return { props: described === undefined ? body : { metadata: described, ...body }, misshapen, templates };
}
