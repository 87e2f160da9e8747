import { type Path, pathText } from "./path";

/**
 * A resource as the rules see it: the same shape whether it comes from Pulumi's engine,
 * from the program under mocks or from a plain manifest.
 */
export interface Resource {
  /** Pulumi type token, for example `kubernetes:apps/v1:Deployment`. */
  type: string;
  /**
   * Pulumi's name of the resource; for a manifest `namespace/name`. The only thing of a resource that messages quote.
   */
  name: string;
  /** Its properties; a value that a preview cannot know stands as {@link UNKNOWN}. */
  props: Record<string, unknown>;
  /** Pulumi's URN. @default undefined, for a manifest */
  urn?: string;
  /**
   * For each top-level property the URNs of the resources its value was computed from.
   * Only the engine's whole-stack view has it. @default {}
   */
  dependencies?: Record<string, string[]>;
}

/** Stands for a value that is known only after an update; an own string that no real property holds. */
export const UNKNOWN = "\u0000holdfast:unknown";

/** Thrown when a rule reads a value that a preview cannot know yet. */
export class Undecided extends Error {
  /**
   * @param resource whose value it is
   * @param path of the property, for example `spec.template.spec.containers[0].image`
   */
  constructor(
    readonly resource: Resource,
    readonly path: string,
  ) {
    super(`${path} is not known yet`);
    this.name = "Undecided";
  }
}

/** What a function reads; undefined where it meets a value that is not known yet. */
export function ifKnown<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof Undecided) return undefined;
    throw error;
  }
}

/**
 * A resource's properties behind a view that throws {@link Undecided} as soon as a rule reads an unknown value.
 * So a rule is written as if everything were known, and can neither pass nor fail on what is not.
 */
export function guardedProps(resource: Resource, props = resource.props): Record<string, unknown> {
  const views = new WeakMap<object, object>();
  const view = (value: unknown, path: Path): unknown => {
    if (value === UNKNOWN) throw new Undecided(resource, pathText(path));
    if (typeof value !== "object" || value === null) return value;
    const known = views.get(value);
    if (known) return known;
    const proxy = new Proxy(value, {
      get(target, key, receiver) {
        const child: unknown = Reflect.get(target, key, receiver);
        return typeof key === "symbol" || typeof child === "function"
          ? child
          : view(child, [...path, Array.isArray(target) ? Number(key) : key]);
      },
    });
    views.set(value, proxy);
    return proxy;
  };
  return view(props, []) as Record<string, unknown>;
}
