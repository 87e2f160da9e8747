import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { clusterUid } from "./config/cluster-uid";
import { demandContext, knownContexts } from "./config/kube-context";
import { parseSettings } from "./config/parse";
import { buildFolder, OWN_IMAGES, writeBuildContext } from "./images/build-context";
import { declareStack } from "./stack";

const settings = parseSettings(pulumi.runtime.allConfig());
const contexts = knownContexts();
if (!pulumi.runtime.isDryRun()) demandContext(settings.kubeContext, contexts);
const cluster = contexts.includes(settings.kubeContext) ? clusterUid(settings.kubeContext) : undefined;
// Before anything is declared, because the Docker plugin reads the build context when the image is registered.
for (const [name, source] of Object.entries(OWN_IMAGES))
  writeBuildContext(join(__dirname, source), join(__dirname, buildFolder(name)));

export const { url, namespace, context } = declareStack(settings, cluster);
