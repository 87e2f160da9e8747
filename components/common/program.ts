import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { SECRET_ENV_ANNOTATION } from "../../config/annotations";
import { podBase } from "./pods";
import type { ProgramArgs } from "./program-args";
import { withScratch } from "./resources";
import { containerSecurityContext } from "./security";

type PodSpec = k8s.types.input.core.v1.PodSpec;
type Container = k8s.types.input.core.v1.Container;
type Variable = k8s.types.input.core.v1.EnvVar;

/** What a pod needs from the other parts of its component. */
export interface ProgramParts {
  account: pulumi.Input<string>;
  /** ConfigMap with the settings that its program reads from the environment. */
  config: pulumi.Input<string>;
}

/** What a pod is told and given, whatever its program does. */
type Given = Pick<ProgramArgs, "secretEnv" | "secretMounts" | "pullSecrets">;

/** What every pod with a program of the user's has. */
export function programPod(
  account: pulumi.Input<string>,
  { secretMounts = [], pullSecrets = [] }: Given,
): Omit<PodSpec, "containers"> {
  return {
    ...podBase(account),
    ...(pullSecrets.length > 0 && { imagePullSecrets: pullSecrets.map((name) => ({ name })) }),
    // A DNS server may have died with its node: ask the next one after a second, not after five.
    dnsConfig: {
      options: [
        { name: "timeout", value: "1" },
        { name: "attempts", value: "3" },
      ],
    },
    volumes: [
      { name: "tmp", emptyDir: { sizeLimit: "64Mi" } },
      ...secretMounts.map(({ name, secretName, keys }) => ({
        name,
        secret: { secretName, defaultMode: 0o440, ...(keys && { items: keys.map((key) => ({ key, path: key })) }) },
      })),
    ],
  };
}

/** What a container runs, with what. */
type Run = Given &
  Pick<ProgramArgs, "image" | "command"> & {
    resources: k8s.types.input.core.v1.ResourceRequirements;
    /** Variables beside those of its ConfigMap, which they win over. */
    env?: Record<string, pulumi.Input<string>> | undefined;
  };

/** What the container with the program has. */
export function programContainer(args: Run, configMap: pulumi.Input<string>): Omit<Container, "name"> {
  const { image, command, resources, env, secretEnv = {}, secretMounts = [] } = args;
  const variables = [
    ...Object.entries(secretEnv).map(
      ([name, { secretName, key }]): Variable => ({
        name,
        valueFrom: { secretKeyRef: { name: secretName, key } },
      }),
    ),
    ...Object.entries(env ?? {}).map(([name, value]): Variable => ({ name, value })),
  ];
  return {
    image,
    imagePullPolicy: "IfNotPresent",
    ...(command && { command }),
    ...((env || variables.length > 0) && { env: variables }),
    envFrom: [{ configMapRef: { name: configMap } }],
    resources: withScratch(resources),
    securityContext: containerSecurityContext(),
    volumeMounts: [
      { name: "tmp", mountPath: "/tmp" },
      ...secretMounts.map(({ name, mountPath }) => ({ name, mountPath, readOnly: true })),
    ],
  };
}

/** The annotation of pods that names the variables they have from Secrets; empty where there are none. */
export function secretEnvAnnotation(secretEnv: ProgramArgs["secretEnv"] = {}): Record<string, string> {
  const names = Object.keys(secretEnv);
  return names.length === 0 ? {} : { [SECRET_ENV_ANNOTATION]: JSON.stringify(names) };
}
