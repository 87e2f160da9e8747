import * as pulumi from "@pulumi/pulumi";
import { parseSettings } from "./config/parse";
import { declareStack } from "./stack";

export const { url, namespace, context } = declareStack(parseSettings(pulumi.runtime.allConfig()));
