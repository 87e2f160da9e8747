import type { Kind, Kinds } from "../../cluster/kinds";

/** An object of any kind. It is never changed in place, so that a reader's copy stays the same. */
export interface Stored {
  metadata: {
    name: string;
    namespace?: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
    resourceVersion?: string;
  };
  [field: string]: unknown;
}

/** Base of the stand-in for a cluster's API: objects by kind and name, each with a version. */
export class FakeObjects {
  private readonly objects = new Map<string, Stored>();
  private serial = 0;

  /** A new number. */
  protected next(): number {
    this.serial += 1;
    return this.serial;
  }

  protected peek<K extends Kind>(kind: K, name: string): Kinds[K] | undefined {
    return this.objects.get(`${kind}/${name}`) as unknown as Kinds[K] | undefined;
  }

  protected all<K extends Kind>(kind: K): Kinds[K][] {
    const found = [...this.objects].filter(([key]) => key.startsWith(`${kind}/`));
    return found.map(([, object]) => object) as unknown as Kinds[K][];
  }

  /** Keeps an object, in place of any of that name, and returns its version. */
  protected put(kind: Kind, object: Stored): string {
    const resourceVersion = String(this.next());
    const metadata = { ...object.metadata, resourceVersion };
    this.objects.set(`${kind}/${metadata.name}`, { ...object, metadata });
    return resourceVersion;
  }

  protected mend(kind: Kind, name: string, patch: object): string {
    return this.put(kind, merged(this.objects.get(`${kind}/${name}`), patch) as Stored);
  }

  protected forget(kind: Kind, name: string): boolean {
    return this.objects.delete(`${kind}/${name}`);
  }

  protected forgetAllBut(kind: Kind): void {
    for (const key of this.objects.keys()) if (!key.startsWith(`${kind}/`)) this.objects.delete(key);
  }
}

/** A JSON merge patch (RFC 7396). */
export function merged(target: unknown, patch: unknown): unknown {
  if (typeof patch !== "object" || patch === null || Array.isArray(patch)) return patch;
  const result: Record<string, unknown> = typeof target === "object" && target !== null ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else result[key] = merged(result[key], value);
  }
  return result;
}
