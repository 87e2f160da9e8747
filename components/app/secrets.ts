import { posix } from "node:path";
import type * as pulumi from "@pulumi/pulumi";
import { readAtStart } from "../common/content";
import { allLabels, selectorLabels } from "../common/labels";
import type { SecretMount } from "../common/program-args";
import type { AppArgs } from "./args";
import { isFile, type AppSettings } from "./completed";
import type { Told } from "./connections";
import { partName } from "./names";

/** What the app's secrets come to: variables, and files in folders. */
interface AppSecrets extends Told {
  secretMounts: SecretMount[];
}

/** Secrets by the folder that they are files in. */
function folders(secrets: AppSettings["secrets"]): Map<string, { key: string; value: pulumi.Input<string> }[]> {
  const found = new Map<string, { key: string; value: pulumi.Input<string> }[]>();
  for (const { file, value } of Object.values(secrets).filter(isFile)) {
    const folder = posix.dirname(file);
    found.set(folder, [...(found.get(folder) ?? []), { key: posix.basename(file), value }]);
  }
  return found;
}

/**
 * Declares the Secrets of an app: one for all that are variables, one for each folder of files. Each is read at the start
 * of a pod, so a changed value has another name, and the parts roll over to it.
 */
export function createSecrets(
  name: string,
  namespace: AppArgs["namespace"],
  { secrets }: AppSettings,
  parent: pulumi.Resource,
): AppSecrets {
  const labels = allLabels(selectorLabels(name, "secrets"));
  const declared = (part: string, stringData: Record<string, pulumi.Input<string>>) =>
    readAtStart(partName(name, part), { namespace, labels, stringData }, { parent });
  const result: AppSecrets = { config: {}, secretEnv: {}, secretMounts: [] };

  const values = Object.entries(secrets).flatMap(([variable, secret]) =>
    isFile(secret) ? [] : [[variable, secret] as const],
  );
  if (values.length > 0) {
    const secretName = declared("secrets", Object.fromEntries(values));
    for (const [key] of values) result.secretEnv[key] = { secretName, key };
  }
  for (const [variable, secret] of Object.entries(secrets)) if (isFile(secret)) result.config[variable] = secret.file;
  [...folders(secrets)].forEach(([mountPath, files], index) => {
    const volume = `files-${index + 1}`;
    const secretName = declared(volume, Object.fromEntries(files.map(({ key, value }) => [key, value])));
    result.secretMounts.push({ name: volume, secretName, mountPath });
  });
  return result;
}
