import { posix } from "node:path";
import type * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { IMAGES } from "../../common/images";
import { withScratch } from "../../common/resources";
import { containerSecurityContext } from "../../common/security";
import { AGENT_PATH, AGENT_PORT, certificatePath, TLS_PATH } from "../names";
import type { Tls } from "../tls";

type Container = k8s.types.input.core.v1.Container;
type Mount = k8s.types.input.core.v1.VolumeMount;
type Volume = k8s.types.input.core.v1.Volume;

/** What HAProxy and its agent share. */
export const SHARED_MOUNT: Mount = { name: "tls", mountPath: TLS_PATH };

/** Where it is: in memory, because keys are in it. */
export const SHARED_VOLUME: Volume = { name: "tls", emptyDir: { medium: "Memory", sizeLimit: "8Mi" } };

const volumeOf = (index: number): string => `certificate-${index}`;

/** The agent that keeps HAProxy's certificates, as a sidecar: HAProxy starts once it has put files there. */
export function keeperContainer(tls: Tls): Container {
  const mounts = tls.certificates.map((_, index) => ({
    name: volumeOf(index),
    mountPath: certificatePath(index),
    readOnly: true,
  }));
  return {
    ...agentContainer("keep", [SHARED_MOUNT, ...mounts], {
      RUN: TLS_PATH,
      CERTIFICATES: described(tls),
      ...(tls.issue && { ISSUED: certificatePath(0) }),
    }),
    restartPolicy: "Always",
  };
}

/**
 * An agent.
 *
 * @param word which of the two: `keep` or `issue`
 * @param mounts besides its code; one of them is at `TLS_PATH`, in memory
 */
export function agentContainer(
  word: "keep" | "issue",
  mounts: Mount[],
  env: Record<string, pulumi.Input<string>>,
): Container {
  const health = { httpGet: { path: "/healthz", port: AGENT_PORT } };
  return {
    name: "agent",
    image: IMAGES.python,
    // No compiled modules: there is no place for them.
    command: ["python3", "-B", "-m", "agent", word],
    env: [
      { name: "PYTHONPATH", value: posix.dirname(AGENT_PATH) },
      { name: "AGENT_PORT", value: String(AGENT_PORT) },
      // openssl wants a place for what it is given.
      { name: "TMPDIR", value: TLS_PATH },
      ...Object.entries(env).map(([name, value]) => ({ name, value })),
    ],
    ports: [{ name: "agent", containerPort: AGENT_PORT, protocol: "TCP" }],
    resources: withScratch({ requests: { cpu: "10m", memory: "28Mi" }, limits: { cpu: "500m", memory: "64Mi" } }),
    startupProbe: { ...health, periodSeconds: 1, failureThreshold: 60 },
    livenessProbe: { ...health, periodSeconds: 60, timeoutSeconds: 10, failureThreshold: 3 },
    // Whether the pod gets requests, HAProxy says: an agent that is deaf must not close the way in.
    readinessProbe: { ...health, periodSeconds: 20, timeoutSeconds: 10, failureThreshold: 6 },
    securityContext: containerSecurityContext(),
    volumeMounts: [{ name: "config", mountPath: AGENT_PATH, readOnly: true }, ...mounts],
  };
}

/** What the agent is told of the certificates, as JSON. */
function described({ certificates }: Pick<Tls, "certificates">): pulumi.Output<string> {
  return pulumi
    .output(certificates)
    .apply((known) =>
      JSON.stringify(
        known.map(({ secretName, hosts }, index) => ({ name: secretName, folder: certificatePath(index), hosts })),
      ),
    );
}

/** Volumes that TLS needs. A Secret that is not there does not keep a pod from starting: the agent says so. */
export function keeperVolumes({ certificates, issue }: Tls): Volume[] {
  const keys = ["tls.crt", "tls.key", ...(issue?.kind === "acme" ? ["thumbprint"] : [])];
  return [
    SHARED_VOLUME,
    ...certificates.map(({ secretName }, index) => ({
      name: volumeOf(index),
      secret: {
        secretName,
        optional: true,
        // Only the pod's own user reads it; the group is what fsGroup gives the files.
        defaultMode: 0o440,
        items: keys.map((key) => ({ key, path: key })),
      },
    })),
  ];
}
