import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { transformed } from "../../common/component";
import { readAtStart } from "../../common/content";
import { IMAGES } from "../../common/images";
import { claim, podBase, setOf } from "../../common/pods";
import { withScratch } from "../../common/resources";
import { spread } from "../../common/scheduling";
import { containerSecurityContext } from "../../common/security";
import { metadataOf, type Workload } from "../../common/workload";
import type { RedisArgs } from "../args";
import { serverFiles } from "../config";
import { REDIS_PORT, RUN_PATH } from "../names";
import {
  agentContainer,
  ask,
  exporterContainer,
  type MemberParts,
  memberVolumes,
  probes,
  SERVER_MOUNTS,
  startedByAgent,
} from "./member";
import type { RedisSettings } from "../completed";
import { DEFAULTS, HAND_OVER_SECONDS, serverMemoryMiB, SHUTDOWN_SECONDS } from "../settings";

const EXPORTER_SECRET_PATH = "/run/secrets/exporter";

/** What the data pods need from the other parts of the component. */
interface ServerParts extends MemberParts {
  exporterSecret: pulumi.Input<string>;
  settings: RedisSettings;
  storage: RedisArgs["storage"];
}

/** The data pods: ConfigMap and StatefulSet. */
export function createServers(
  of: Workload,
  parts: ServerParts,
  opts: pulumi.CustomResourceOptions,
): k8s.apps.v1.StatefulSet {
  const { settings } = parts;
  const storage = { ...parts.storage, size: parts.storage?.size ?? DEFAULTS.RedisArgs.storage.size };
  const { name, ...metadata } = metadataOf(of);
  const config = readAtStart(`${name}-config`, { ...metadata, data: serverFiles(settings) }, opts);
  const durable = settings.persistence === "aof";
  const args: k8s.apps.v1.StatefulSetArgs = {
    metadata: { name, ...metadata },
    spec: {
      updateStrategy: { type: "RollingUpdate" },
      // A successor must have been a replica for a moment before the next pod, maybe the primary, is taken away.
      minReadySeconds: 5,
      ...setOf(of.labels, parts.headless, settings.replicas, {
        ...podBase(name),
        terminationGracePeriodSeconds: HAND_OVER_SECONDS + SHUTDOWN_SECONDS + 5,
        topologySpreadConstraints: spread(of.labels, settings.strictSpread),
        initContainers: [agentContainer("redis", parts, 10)],
        containers: [
          serverContainer(parts),
          exporterContainer(
            [
              `--redis.addr=redis://127.0.0.1:${REDIS_PORT}`,
              "--redis.user=exporter",
              `--redis.password-file=${EXPORTER_SECRET_PATH}/exporter.json`,
            ],
            [{ name: "exporter", mountPath: EXPORTER_SECRET_PATH, readOnly: true }],
          ),
        ],
        volumes: [
          ...memberVolumes(config, parts.accounts.name),
          { name: "exporter", secret: { secretName: parts.exporterSecret, defaultMode: 0o440 } },
          ...(durable ? [] : [{ name: "data", emptyDir: { sizeLimit: `${2 * settings.maxmemory}Mi` } }]),
        ],
      }),
      ...(durable ? { volumeClaimTemplates: [claim("data", storage, of.labels)] } : {}),
      persistentVolumeClaimRetentionPolicy: { whenDeleted: "Delete", whenScaled: "Delete" },
    },
  };
  return new k8s.apps.v1.StatefulSet(name, transformed(parts.transform, args), {
    ...opts,
    dependsOn: [parts.accounts.made],
  });
}

/**
 * What the allocator frees goes back at once, not over ten seconds. While a replica catches up after a full copy its
 * append-only buffer grows by moving, and what it leaves behind counts: of 96 MB of data it came to 459 MiB at worst of
 * three, so to 230 (40 MB/s in values of 100 kB). Values under 32 kB stay in the threads' caches and cost nothing. The
 * official image has jemalloc built in under a prefix, a distribution's uses the system's: each reads its own name.
 */
const FREED_MEMORY_GOES_BACK = ["JE_MALLOC_CONF", "MALLOC_CONF"].map((name) => ({ name, value: "dirty_decay_ms:0" }));

function serverContainer(parts: ServerParts): k8s.types.input.core.v1.Container {
  const memory = `${serverMemoryMiB(parts.settings.maxmemory)}Mi`;
  return {
    name: "redis",
    image: IMAGES.valkey,
    command: startedByAgent(`exec valkey-server ${RUN_PATH}/redis.conf`),
    env: FREED_MEMORY_GOES_BACK,
    ports: [{ name: "redis", containerPort: REDIS_PORT, protocol: "TCP" }],
    // Memory is asked for in full: a cache fills up by design, and then nothing may be taken back from it.
    resources: withScratch({ requests: { cpu: "50m", memory }, limits: { cpu: "1000m", memory } }),
    ...probes("redis"),
    lifecycle: { preStop: { exec: { command: ask("HAND-OVER") } } },
    securityContext: containerSecurityContext(),
    volumeMounts: SERVER_MOUNTS,
  };
}
