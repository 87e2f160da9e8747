/** A place in an object: keys, and indexes of lists. */
export type Path = (string | number)[];

/** A path the way Kubernetes' own messages write it, for example `spec.template.spec.containers[0].image`. */
export function pathText(path: Path): string {
  return path.reduce<string>((base, key) => {
    if (typeof key === "number" || /^\d+$|[./]/.test(key)) return `${base}[${key}]`;
    return base === "" ? key : `${base}.${key}`;
  }, "");
}
