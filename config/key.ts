import { z } from "zod";

/** The types that a `Pulumi.yaml` config schema knows and Holdfast uses. */
export type PulumiType = "string" | "integer" | "boolean";

/** One configuration key: how to read it, its entry in `Pulumi.yaml`, and the words of its error messages. */
export interface Key<T> {
  /** Reads the text that Pulumi hands over. */
  schema: z.ZodType<T>;
  /** Its type in `Pulumi.yaml`. */
  type: PulumiType;
  /** What a value may be, as a phrase: "a whole number from 1 to 9". */
  allowed: string;
  /** A value that is right, for the command an error suggests. */
  example: string;
  /**
   * Its default in `Pulumi.yaml`, as text; for a key that the profile decides or the planner derives, the empty value
   * (`""` or `0`).
   */
  default: string;
  /** What it means, with the unit. */
  description: string;
  /** Whether an empty value means that the profile decides, or that the planner derives the value from the load. */
  byProfile: boolean;
}

interface Text<T> {
  description: string;
  /** Left out: the profile or the planner decides. */
  default?: T;
}

/** A whole number within bounds (both included). */
export function integer(min: number, max: number, text: Text<number>): Key<number> {
  return {
    schema: z
      .string()
      .regex(/^\d{1,12}$/)
      .transform(Number)
      .pipe(z.number().int().min(min).max(max)),
    type: "integer",
    allowed: `a whole number from ${min} to ${max}`,
    example: String(text.default ?? min),
    default: String(text.default ?? 0),
    description: text.description,
    byProfile: text.default === undefined,
  };
}

/** One of a few words. */
export function choice<const T extends string>(words: readonly [T, ...T[]], text: Text<T>): Key<T> {
  return {
    schema: z.enum(words) as unknown as z.ZodType<T>,
    type: "string",
    allowed: `one of ${words.join(", ")}`,
    example: text.default ?? words[0],
    default: text.default ?? "",
    description: text.description,
    byProfile: text.default === undefined,
  };
}

/** Text of a given form. */
export function text(form: RegExp, allowed: string, example: string, text: Text<string>): Key<string> {
  return {
    schema: z.string().max(512).regex(form),
    type: "string",
    allowed,
    example,
    default: text.default ?? "",
    description: text.description,
    byProfile: text.default === undefined,
  };
}

/** CPU as Kubernetes writes it: cores (`2`, `0.5`) or thousandths of one (`250m`). */
export function cpu(description: Text<string>): Key<string> {
  return text(
    /^([1-9]\d{0,5}m|[1-9]\d{0,3}(\.\d{1,3})?|0\.\d{0,2}[1-9]\d{0,2})$/,
    "CPU cores (2, 0.5) or thousandths of one (250m)",
    "250m",
    description,
  );
}

/** Bytes as Kubernetes writes them, in binary units. */
export function bytes(description: Text<string>): Key<string> {
  return text(/^[1-9]\d{0,5}(Mi|Gi|Ti)$/, "a whole number with Mi, Gi or Ti", "512Mi", description);
}
