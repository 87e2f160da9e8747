import type {
  V1ConfigMap,
  V1CronJob,
  V1DaemonSet,
  V1Deployment,
  V1Endpoints,
  V1Job,
  V1Namespace,
  V1Node,
  V1PersistentVolume,
  V1PersistentVolumeClaim,
  V1Pod,
  V1Service,
  V1StatefulSet,
  V1StorageClass,
  V2HorizontalPodAutoscaler,
} from "@kubernetes/client-node";

/** Kinds of objects that are read or changed, as kubectl names them. */
export interface Kinds {
  configmap: V1ConfigMap;
  cronjob: V1CronJob;
  daemonset: V1DaemonSet;
  deployment: V1Deployment;
  endpoints: V1Endpoints;
  horizontalpodautoscaler: V2HorizontalPodAutoscaler;
  job: V1Job;
  namespace: V1Namespace;
  node: V1Node;
  persistentvolume: V1PersistentVolume;
  persistentvolumeclaim: V1PersistentVolumeClaim;
  pod: V1Pod;
  service: V1Service;
  statefulset: V1StatefulSet;
  storageclass: V1StorageClass;
}
/** One of {@link Kinds}. */
export type Kind = keyof Kinds;
