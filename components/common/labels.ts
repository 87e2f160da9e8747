/**
 * Labels that select the pods of one workload; immutable for the workload's life, so nothing versioned belongs here.
 */
export type Labels = Record<string, string>;

/** The `app.kubernetes.io/part-of` value of everything Holdfast declares. */
const PART_OF = "holdfast";

/**
 * Selector labels of a workload.
 *
 * @param name the workload's name, for example `web-app`; unique in its namespace
 * @param component the role it plays, for example `web`, `database`, `cache`, `monitoring`
 */
export function selectorLabels(name: string, component: string): Labels {
  return { "app.kubernetes.io/name": name, "app.kubernetes.io/component": component };
}

/** Every label of a workload and its pods: the selector's, and who owns them. */
export function allLabels(selector: Labels): Labels {
  return { ...selector, "app.kubernetes.io/part-of": PART_OF, "app.kubernetes.io/managed-by": "pulumi" };
}
