import type * as pulumi from "@pulumi/pulumi";
import type { ComponentArgs } from "./component";
import type { Endpoint } from "./network";

/** A Secret mounted as files, one file for each of its keys. */
export interface SecretMount {
  /** Name of the volume. */
  name: string;
  /**
   * Name of the Secret: the output of one that states no `metadata.name` (the pods roll over to each new content), or
   * plain text (files follow within a minute or so, and nothing rolls). Never the output of one with a stated name.
   */
  secretName: pulumi.Input<string>;
  /** Folder the files appear in. */
  mountPath: string;
  /** Keys to mount. @default all */
  keys?: string[];
}

/** A variable whose value stands in a Secret. */
export interface SecretVariable {
  /**
   * Name of an immutable Secret, best the output of one that states no `metadata.name`: a pod reads a variable once, so
   * only another name rolls the pods over to another value.
   */
  secretName: pulumi.Input<string>;
  /** Key of that Secret. */
  key: string;
}

/** Arguments of the components that run a program of yours. */
export interface ProgramArgs extends ComponentArgs {
  /** Image to run, best by digest. */
  image: pulumi.Input<string>;
  /** Secrets of the namespace with which images are pulled. @default none */
  pullSecrets?: pulumi.Input<string>[];
  /** Program and arguments. @default the image's own */
  command?: string[];
  /**
   * Settings, handed over as environment through the ConfigMap `<name>-config-…`; a change rolls the pods. No secrets.
   */
  config?: Record<string, pulumi.Input<string>>;
  /**
   * Secrets as environment, by the variable's name, for a program that reads them nowhere else. The pods say which they
   * are in the annotation `holdfast.dev/secret-env`, and a policy accepts those only.
   * @default none
   */
  secretEnv?: Record<string, SecretVariable>;
  /** Secrets, mounted as files. */
  secretMounts?: SecretMount[];
  /** What it calls. @default nothing */
  uses?: Endpoint[];
}
