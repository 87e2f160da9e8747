import * as pulumi from "@pulumi/pulumi";
import { demandContext, knownContexts } from "./config/kube-context";
import { parseSettings } from "./config/parse";
import { declareStack } from "./stack";

const settings = parseSettings(pulumi.runtime.allConfig());
if (!pulumi.runtime.isDryRun()) demandContext(settings.kubeContext, knownContexts());

export const { url, namespace, context } = declareStack(settings);
