import * as pulumi from "@pulumi/pulumi";

/** Annotation of every object that a component makes: the stack that it belongs to. */
export const OWNER_ANNOTATION = "holdfast.dev/owner";

/** The stack that a program runs for: organisation, project and stack. */
function owner(): string {
  return `${organization()}/${pulumi.getProject()}/${pulumi.getStack()}`;
}

/** A program under mocks may have none; this is what the engine says where nobody is logged in. */
function organization(): string {
  try {
    return pulumi.getOrganization();
  } catch {
    return "organization";
  }
}

/** Adds an annotation to every Kubernetes object of a type that passes. */
function annotates(
  name: string,
  value: () => string,
  passes = (type: string) => type.startsWith("kubernetes:"),
): pulumi.ResourceTransformation {
  return ({ type, props, opts }) => {
    if (!passes(type)) return undefined;
    const { metadata } = props;
    return {
      props: { ...props, metadata: { ...metadata, annotations: { ...metadata?.annotations, [name]: value() } } },
      opts,
    };
  };
}

/**
 * Writes on every object whose it is. The Kubernetes provider creates by server-side apply, which takes over whatever
 * has the name already, and a later destroy would delete it. A field that another stack has set to something else is a
 * conflict, though: with this one on everything, what is another's is refused and not taken over.
 */
export const namesItsOwner: pulumi.ResourceTransformation = annotates(OWNER_ANNOTATION, owner);

/** A component's options, with {@link namesItsOwner} for all its children. */
export function owned(opts: pulumi.ComponentResourceOptions = {}): pulumi.ComponentResourceOptions {
  return { ...opts, transformations: [...(opts.transformations ?? []), namesItsOwner] };
}

/**
 * What a component's pods wait for: the component's own, and what its caller named in `dependsOn`, which Pulumi does not
 * hand on to a component's children.
 */
export function after(
  opts: pulumi.ComponentResourceOptions | undefined,
  ...own: pulumi.Resource[]
): pulumi.Input<pulumi.Input<pulumi.Resource>[]> {
  const named = opts?.dependsOn;
  if (named === undefined) return own;
  return pulumi.output(named).apply((stated) => [...own, ...[stated as pulumi.Resource | pulumi.Resource[]].flat()]);
}

/**
 * Lets an update take back fields that somebody edited by hand (`kubectl patch`), instead of failing with a field
 * conflict: what the program states wins, what it leaves out (an autoscaled Deployment's replicas) stays with its
 * owner. Creations are forced as well, which would take over what is there; a namespace is not forced, so that another
 * stack's ends the creation of everything inside. Only for a program that makes the namespaces it uses.
 */
export const ownsItsFields: pulumi.ResourceTransformation = annotates(
  "pulumi.com/patchForce",
  () => "true",
  (type) => type.startsWith("kubernetes:") && type !== "kubernetes:core/v1:Namespace",
);
