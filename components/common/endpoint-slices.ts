import type * as k8s from "@pulumi/kubernetes";

/**
 * Rights of a pod that itself writes where Services without selector lead.
 *
 * @param services their names; a slice is owned by its Service, so that it goes with it
 * @param slices names of the EndpointSlices
 */
export function sliceRules(services: string[], slices: string[]): k8s.types.input.rbac.v1.PolicyRule[] {
  return [
    { apiGroups: [""], resources: ["services"], resourceNames: services, verbs: ["get"] },
    { apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"], resourceNames: slices, verbs: ["patch"] },
    // What does not exist yet cannot be named in a rule.
    { apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"], verbs: ["create"] },
  ];
}
