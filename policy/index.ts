import { PolicyPack } from "@pulumi/policy";
import { environmentOf } from "./pack/environment";
import { policies } from "./pack/policies";
import { RULES } from "./rules/all";

new PolicyPack("holdfast", { policies: policies(RULES, environmentOf(process.env)) });
