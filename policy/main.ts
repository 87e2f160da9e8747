import { PolicyPack } from "@pulumi/policy";
import { environmentOf } from "./pack/environment";
import { policies } from "./pack/policies";
import { unpackOnce } from "./pack/unpack-once";
import { RULES } from "./rules/all";

unpackOnce();
new PolicyPack("holdfast", { policies: policies(RULES, environmentOf(process.env)) });
