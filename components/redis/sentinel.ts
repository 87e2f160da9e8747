import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { transformed, type Transform } from "../common/component";
import { readAtStart, type Live } from "../common/content";
import { IMAGES } from "../common/images";
import { allLabels, type Labels } from "../common/labels";
import { spread } from "../common/scheduling";
import { containerSecurityContext, podSecurityContext } from "../common/security";
import { sentinelExporterArgs } from "./accounts";
import { SENTINEL_PORT, SENTINELS } from "./settings";
import { sentinelFiles } from "./config";
import { POINTER_VOLUMES, pointerContainer } from "./primary-service";
import { exporterContainer, MEMBER_MOUNTS, memberEnvironment, memberVolumes, probes, script } from "./pods";
import { withScratch } from "../common/resources";

/** What the Sentinel pods need from the other parts of the component. */
export interface SentinelParts {
  namespace: pulumi.Input<string>;
  selector: Labels;
  headless: pulumi.Input<string>;
  redisHosts: pulumi.Input<string>;
  sentinelHosts: pulumi.Input<string>;
  /** Passwords that the pods follow while they run. */
  accounts: Live;
  /** Name of the Service that points at the primary. */
  primaryService: string;
  strictSpread: boolean;
  storageClassName: pulumi.Input<string> | undefined;
  transform?: Transform<k8s.apps.v1.StatefulSetArgs> | undefined;
}

/**
 * The Sentinel pods: ConfigMap and StatefulSet. They have pods of their own, so that a lost node takes one vote, not
 * two.
 */
export function createSentinels(
  name: string,
  parts: SentinelParts,
  opts: pulumi.CustomResourceOptions,
): k8s.apps.v1.StatefulSet {
  const labels = allLabels(parts.selector);
  const config = readAtStart(`${name}-config`, { namespace: parts.namespace, labels, data: sentinelFiles() }, opts);
  const args: k8s.apps.v1.StatefulSetArgs = {
    metadata: { name, namespace: parts.namespace, labels },
    spec: {
      serviceName: parts.headless,
      replicas: SENTINELS,
      podManagementPolicy: "Parallel",
      updateStrategy: { type: "RollingUpdate" },
      // Two votes are needed for a failover: the one that just came back must have met the others first.
      minReadySeconds: 5,
      selector: { matchLabels: parts.selector },
      template: {
        metadata: { labels },
        spec: {
          serviceAccountName: name,
          automountServiceAccountToken: false,
          enableServiceLinks: false,
          // A Sentinel has nothing to hand over and stops at once.
          terminationGracePeriodSeconds: 10,
          securityContext: podSecurityContext(),
          topologySpreadConstraints: spread(parts.selector, parts.strictSpread),
          containers: [
            sentinelContainer(parts),
            exporterContainer(sentinelExporterArgs(SENTINEL_PORT)),
            pointerContainer(parts.primaryService, memberEnvironment(parts.redisHosts, parts.sentinelHosts)),
          ],
          volumes: [...memberVolumes(config, parts.accounts.name), ...POINTER_VOLUMES],
        },
      },
      // The epochs of the elections and who is primary; a few kilobytes.
      volumeClaimTemplates: [
        {
          metadata: { name: "data", labels: parts.selector },
          spec: {
            accessModes: ["ReadWriteOnce"],
            resources: { requests: { storage: "16Mi" } },
            ...(parts.storageClassName === undefined ? {} : { storageClassName: parts.storageClassName }),
          },
        },
      ],
      persistentVolumeClaimRetentionPolicy: { whenDeleted: "Delete", whenScaled: "Delete" },
    },
  };
  return new k8s.apps.v1.StatefulSet(name, transformed(parts.transform, args), {
    ...opts,
    dependsOn: [parts.accounts.made],
  });
}

function sentinelContainer(parts: SentinelParts): k8s.types.input.core.v1.Container {
  return {
    name: "sentinel",
    image: IMAGES.valkey,
    command: script("start-sentinel.sh"),
    env: memberEnvironment(parts.redisHosts, parts.sentinelHosts),
    ports: [{ name: "sentinel", containerPort: SENTINEL_PORT, protocol: "TCP" }],
    // The limit bounds what a Sentinel burns while a peer's Service has no endpoint (see `renew_links` in lib.sh); what
    // it needs is far less.
    resources: withScratch({ requests: { cpu: "20m", memory: "32Mi" }, limits: { cpu: "250m", memory: "64Mi" } }),
    ...probes("sentinel", 20),
    securityContext: containerSecurityContext(),
    volumeMounts: MEMBER_MOUNTS,
  };
}
