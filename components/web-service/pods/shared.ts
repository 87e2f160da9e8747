import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { podBase } from "../../common/pods";
import { withScratch } from "../../common/resources";
import { containerSecurityContext } from "../../common/security";
import type { SecretMount } from "../args";
import type { WebSettings } from "../completed";

type PodSpec = k8s.types.input.core.v1.PodSpec;
type Container = k8s.types.input.core.v1.Container;

/** What a pod needs from the other parts of the component. */
export interface WebParts {
  account: pulumi.Input<string>;
  /** ConfigMap with the settings that its program reads from the environment. */
  config: pulumi.Input<string>;
}

/** What every pod of a web service has, whether it serves or migrates. */
export function basePodSpec(account: pulumi.Input<string>, mounts: SecretMount[]): Omit<PodSpec, "containers"> {
  return {
    ...podBase(account),
    // A DNS server may have died with its node: ask the next one after a second, not after five.
    dnsConfig: {
      options: [
        { name: "timeout", value: "1" },
        { name: "attempts", value: "3" },
      ],
    },
    volumes: [
      { name: "tmp", emptyDir: { sizeLimit: "64Mi" } },
      ...mounts.map(({ name, secretName, keys }) => ({
        name,
        secret: { secretName, defaultMode: 0o440, ...(keys && { items: keys.map((key) => ({ key, path: key })) }) },
      })),
    ],
  };
}

/** What every container of a web service has. */
export function baseContainer(
  args: Pick<WebSettings, "image" | "resources">,
  configMap: pulumi.Input<string>,
  mounts: SecretMount[],
): Omit<Container, "name"> {
  return {
    image: args.image,
    imagePullPolicy: "IfNotPresent",
    envFrom: [{ configMapRef: { name: configMap } }],
    resources: withScratch(args.resources),
    securityContext: containerSecurityContext(),
    volumeMounts: [
      { name: "tmp", mountPath: "/tmp" },
      ...mounts.map(({ name, mountPath }) => ({ name, mountPath, readOnly: true })),
    ],
  };
}
