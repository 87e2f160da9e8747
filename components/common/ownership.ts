import type * as pulumi from "@pulumi/pulumi";

/**
 * Lets an update take back fields that somebody edited by hand (`kubectl patch`), instead of failing with a field
 * conflict: what the program states wins, what it leaves out (an autoscaled Deployment's replicas) stays with its owner.
 * Give it to a component's options; its children inherit it.
 */
export const ownsItsFields: pulumi.ResourceTransformation = ({ type, props, opts }) => {
  if (!type.startsWith("kubernetes:")) return undefined;
  const { metadata } = props;
  return { props: { ...props, metadata: { ...metadata, annotations: { ...metadata?.annotations, "pulumi.com/patchForce": "true" } } }, opts };
};
