import type { PolicyResource, ResourceValidationArgs } from "@pulumi/policy";
import { type Resource, UNKNOWN } from "../graph/resource";

/**
 * A plain copy of what CrossGuard hands to a policy. Its properties throw when one that is not known yet is read;
 * here such a value becomes a mark, so that one of them hides nothing of the rest.
 */
function knownCopy(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  const entry = (key: string | number): unknown => {
    try {
      return knownCopy((value as Record<string | number, unknown>)[key]);
    } catch (error) {
      if ((error as Error).constructor.name === "UnknownValueError") return UNKNOWN;
      throw error;
    }
  };
  if (Array.isArray(value)) return Array.from({ length: value.length }, (_, index) => entry(index));
  return Object.fromEntries(Object.keys(value).map((key) => [key, entry(key)]));
}

/** A resource as the engine shows it to a resource policy: with its inputs. */
export function inputsOf({ type, name, urn, props }: ResourceValidationArgs): Resource {
  return { type, name, urn, props: knownCopy(props) as Record<string, unknown> };
}

/**
 * A resource as the engine shows it to a stack policy, with what it depends on.
 *
 * @param inputs its inputs, if they were seen in this run; else its outputs are taken, which the cluster may have added
 * to
 */
export function stackResource(resource: PolicyResource, inputs: Resource | undefined): Resource {
  const { type, name, urn, propertyDependencies } = resource;
  const dependencies = Object.fromEntries(
    Object.keys(propertyDependencies).map((key) => [key, propertyDependencies[key]!.map((each) => each.urn)]),
  );
  const shown = knownCopy(resource.props) as Props;
  return { type, name, urn, props: inputs ? finallyNamed(inputs.props, shown) : shown, dependencies };
}

type Props = Record<string, unknown> & { metadata?: Record<string, unknown> };

/**
 * What was declared, under the name that the object has in the end: for one that is replaced, the engine has the
 * provider make up another name after the inputs were shown.
 */
function finallyNamed(declared: Props, { metadata }: Props): Props {
  if (typeof metadata?.["name"] !== "string") return declared;
  return { ...declared, metadata: { ...declared.metadata, name: metadata["name"] } };
}
