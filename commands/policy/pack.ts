import { PolicyPack } from "@pulumi/policy";
import { environmentOf } from "../../policy/pack/environment";
import { policies } from "../../policy/pack/policies";
import { unpackOnce } from "../../policy/pack/unpack-once";
import { RULES } from "./rules";

unpackOnce();
new PolicyPack("holdfast", { policies: policies(RULES, environmentOf(process.env)) });
