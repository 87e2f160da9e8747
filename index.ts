import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { demandContext, knownContexts } from "./config/kube-context";
import { parseSettings } from "./config/parse";
import { buildFolder, OWN_IMAGES, writeBuildContext } from "./images/build-context";
import { declareStack } from "./stack";

const settings = parseSettings(pulumi.runtime.allConfig());
if (!pulumi.runtime.isDryRun()) demandContext(settings.kubeContext, knownContexts());
// Before anything is declared: the Docker plugin looks at what it would build when the image is registered.
for (const [name, source] of Object.entries(OWN_IMAGES)) writeBuildContext(join(__dirname, source), join(__dirname, buildFolder(name)));

export const { url, namespace, context } = declareStack(settings);
