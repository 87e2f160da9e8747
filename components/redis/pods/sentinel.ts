import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { transformed } from "../../common/component";
import { readAtStart } from "../../common/content";
import { IMAGES } from "../../common/images";
import { claim, podBase, setOf, TOKEN_MOUNT, TOKEN_VOLUME } from "../../common/pods";
import { withScratch } from "../../common/resources";
import { spread } from "../../common/scheduling";
import { containerSecurityContext } from "../../common/security";
import { metadataOf, type Workload } from "../../common/workload";
import { sentinelFiles } from "../config";
import { DATA_PATH, RUN_PATH, SENTINEL_PORT } from "../names";
import {
  agentContainer,
  exporterContainer,
  type MemberParts,
  memberVolumes,
  probes,
  SERVER_MOUNTS,
  startedByAgent,
} from "./member";
import { SENTINELS } from "../settings";

/** What the Sentinel pods need from the other parts of the component. */
interface SentinelParts extends MemberParts {
  /** Name of the Service that points at the primary. */
  primaryService: string;
  strictSpread: boolean;
  storageClassName: pulumi.Input<string> | undefined;
}

/**
 * The Sentinel pods: ConfigMap and StatefulSet. They have pods of their own, so that a lost node takes one vote, not
 * two.
 */
export function createSentinels(
  of: Workload,
  parts: SentinelParts,
  opts: pulumi.CustomResourceOptions,
): k8s.apps.v1.StatefulSet {
  const { name, ...metadata } = metadataOf(of);
  const config = readAtStart(`${name}-config`, { ...metadata, data: sentinelFiles() }, opts);
  const args: k8s.apps.v1.StatefulSetArgs = {
    metadata: { name, ...metadata },
    spec: {
      updateStrategy: { type: "RollingUpdate" },
      // Two votes are needed for a failover: the one that just came back must have met the others first.
      minReadySeconds: 5,
      ...setOf(of.labels, parts.headless, SENTINELS, {
        ...podBase(name),
        // A Sentinel has nothing to hand over and stops at once.
        terminationGracePeriodSeconds: 10,
        topologySpreadConstraints: spread(of.labels, parts.strictSpread),
        // The pod's token is the agent's alone: it points the Service at the primary.
        initContainers: [
          agentContainer(
            "sentinel",
            parts,
            20,
            [TOKEN_MOUNT],
            [
              { name: "SERVICE", value: parts.primaryService },
              { name: "NAMESPACE", valueFrom: { fieldRef: { fieldPath: "metadata.namespace" } } },
            ],
          ),
        ],
        containers: [
          sentinelContainer(),
          // A Sentinel tells anyone what the exporter asks.
          exporterContainer([`--redis.addr=redis://127.0.0.1:${SENTINEL_PORT}`]),
        ],
        volumes: [...memberVolumes(config, parts.accounts.name), TOKEN_VOLUME],
      }),
      // The epochs of the elections and who is primary; a few kilobytes.
      volumeClaimTemplates: [claim("data", { size: "16Mi", className: parts.storageClassName }, of.labels)],
      persistentVolumeClaimRetentionPolicy: { whenDeleted: "Delete", whenScaled: "Delete" },
    },
  };
  return new k8s.apps.v1.StatefulSet(name, transformed(parts.transform, args), {
    ...opts,
    dependsOn: [parts.accounts.made],
  });
}

const STATE = `${DATA_PATH}/sentinel.conf`;

/** The agent's configuration becomes the state that the Sentinel keeps: whole, or as it was before. */
const START = `cp ${RUN_PATH}/sentinel.conf ${STATE}.new && mv ${STATE}.new ${STATE} && exec valkey-sentinel ${STATE}`;

function sentinelContainer(): k8s.types.input.core.v1.Container {
  return {
    name: "sentinel",
    image: IMAGES.valkey,
    command: startedByAgent(START),
    ports: [{ name: "sentinel", containerPort: SENTINEL_PORT, protocol: "TCP" }],
    // The limit bounds what a Sentinel burns while a peer's Service has no endpoint (see links.py); what it needs is
    // far less.
    resources: withScratch({ requests: { cpu: "20m", memory: "32Mi" }, limits: { cpu: "250m", memory: "64Mi" } }),
    ...probes("sentinel"),
    securityContext: containerSecurityContext(),
    volumeMounts: SERVER_MOUNTS,
  };
}
