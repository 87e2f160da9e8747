import type { RegisteredResource } from "../../graph/registered";
import { kindOf } from "../../graph/workloads";

/** What serves or holds data. */
const MATTERS = ["Deployment", "StatefulSet", "DaemonSet", "Service", "Namespace", "PersistentVolumeClaim"];

/**
 * Parts of a specification that can't be changed in place, so that the Kubernetes provider makes the object anew
 * (`forceNew` in its provider/pkg/provider/diff.go); an object's name and namespace are such parts of all.
 */
const FIXED: Record<string, string[]> = {
  StatefulSet: ["podManagementPolicy", "revisionHistoryLimit", "selector", "serviceName", "volumeClaimTemplates"],
  Deployment: ["selector"],
  DaemonSet: ["selector"],
  Service: ["clusterIP"],
};

const fixedParts = (one: RegisteredResource): string => {
  const { metadata, spec } = one.props;
  return JSON.stringify([metadata.name, metadata.namespace, (FIXED[kindOf(one)] ?? []).map((part) => spec[part])]);
};

/** What serves or holds data and would be deleted, or replaced, between two graphs of a program. */
export function lost(before: RegisteredResource[], after: RegisteredResource[]): RegisteredResource[] {
  return before.filter((old) => {
    if (!old.type.startsWith("kubernetes:") || !MATTERS.includes(kindOf(old))) return false;
    const now = after.find(({ urn }) => urn === old.urn);
    return now === undefined || fixedParts(now) !== fixedParts(old);
  });
}
