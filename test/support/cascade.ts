import type { RegisteredResource } from "../../graph/registered";
import { kindOf } from "../../graph/workloads";

/** Fields that a provider without `enableConfigMapMutable` and `enableSecretMutable` cannot change in place. */
const CONTENT = ["data", "binaryData", "stringData", "type"];

const isRead = (resource: RegisteredResource): boolean => ["ConfigMap", "Secret"].includes(kindOf(resource));

/** Whether Pulumi gives the object a new name each time it makes it. Under mocks such names end like this. */
const renamed = ({ props }: RegisteredResource): boolean => props.metadata.name.endsWith("-xxxxxxxx");

/**
 * Workloads that such a provider would delete first and then create again, computed as the engine does: a property of
 * them depends on a ConfigMap or Secret whose content changes under the same name.
 *
 * @param before the graph as it was applied
 * @param after the graph to come
 * @returns `kind name` of each workload
 */
export function deletedFirst(before: RegisteredResource[], after: RegisteredResource[]): string[] {
  const condemned = before
    .filter((old) => {
      const now = after.find(({ urn }) => urn === old.urn);
      if (!isRead(old) || !now || renamed(old) || now.props.metadata.name !== old.props.metadata.name) return false;
      return CONTENT.some((key) => JSON.stringify(old.props[key]) !== JSON.stringify(now.props[key]));
    })
    .map(({ urn }) => urn);
  return before
    .filter(
      ({ type, dependencies }) =>
        /:(apps|batch)\//.test(type) &&
        Object.values(dependencies)
          .flat()
          .some((urn) => condemned.includes(urn)),
    )
    .map((resource) => `${kindOf(resource)} ${resource.name}`);
}

/**
 * Names of the workloads whose pods are replaced: the pod template changes, or a ConfigMap or Secret that it names
 * does.
 */
export function rolled(before: RegisteredResource[], after: RegisteredResource[]): string[] {
  const said = (graph: RegisteredResource[]): Map<string, string> => {
    const contents = new Map(
      graph
        .filter((one) => isRead(one) && renamed(one))
        .map(({ urn, props }) => [urn, JSON.stringify([props.data, props.stringData])]),
    );
    return new Map(
      graph
        .filter(({ type }) => type.includes(":apps/"))
        .map(({ urn, props, dependencies }) => {
          const read = [...new Set(Object.values(dependencies).flat())].flatMap((other) => contents.get(other) ?? []);
          return [urn, JSON.stringify([props.spec.template, read])];
        }),
    );
  };
  const [old, now] = [said(before), said(after)];
  const changed = [...old.keys()].filter((urn) => now.has(urn) && now.get(urn) !== old.get(urn));
  return changed.map((urn) => urn.split("::").at(-1)!).sort();
}
