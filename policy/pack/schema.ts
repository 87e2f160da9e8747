import type { PolicyConfigSchema } from "@pulumi/policy";
import type { Rule } from "../engine/rule";

const EXEMPTIONS: PolicyConfigSchema["properties"][string] = {
  type: "array",
  description:
    "Resources that may break this rule until a day: {resource, reason, until: YYYY-MM-DD}. Past that day it is " +
    "a violation again.",
  default: [],
  items: {
    type: "object",
    properties: {
      resource: { type: "string", description: "Pulumi's name or the URN of the resource." },
      reason: { type: "string", minLength: 10 },
      until: { type: "string", pattern: "^\\d{4}-\\d{2}-\\d{2}$" },
    },
    required: ["resource", "reason", "until"],
    additionalProperties: false,
  },
};

/** What a user may configure about a rule, as CrossGuard checks it: its own settings, and exemptions. */
export function configSchema(rule: Rule): PolicyConfigSchema {
  return { properties: { ...rule.settings, exemptions: EXEMPTIONS } };
}
