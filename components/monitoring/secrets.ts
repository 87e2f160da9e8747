import * as pulumi from "@pulumi/pulumi";
import { readAtStart } from "../common/content";
import { allLabels } from "../common/labels";
import type { Workload } from "../common/workload";

/**
 * The Secret with the URL that alerts are posted to, which carries a key.
 *
 * @returns its name
 */
export function createWebhook({ name, namespace, labels }: Workload, url: string, parent: pulumi.Resource) {
  const stringData = { url: pulumi.secret(url) };
  return readAtStart(`${name}-webhook`, { namespace, labels: allLabels(labels), stringData }, { parent });
}
