import type { RegisteredResource } from "../../graph/registered";
import { kindOf } from "../../graph/workloads";

/** Kinds that serve requests or hold data. */
const MATTERS = ["Deployment", "StatefulSet", "DaemonSet", "Service", "Namespace", "PersistentVolumeClaim"];

/**
 * Fields whose change makes the Kubernetes provider replace the object (`forceNew` in its
 * provider/pkg/provider/diff.go), besides name and namespace.
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

/** Objects that serve requests or hold data, and are deleted or replaced between two graphs of a program. */
export function lost(before: RegisteredResource[], after: RegisteredResource[]): RegisteredResource[] {
  return before.filter((old) => {
    if (!old.type.startsWith("kubernetes:") || !MATTERS.includes(kindOf(old))) return false;
    const now = after.find(({ urn }) => urn === old.urn);
    return now === undefined || fixedParts(now) !== fixedParts(old);
  });
}
