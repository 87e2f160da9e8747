import { closest } from "fastest-levenshtein";
import { z } from "zod";
import { Refusal } from "../../config/refusal";
import type { RuleConfig } from "../engine/evaluate";
import type { Rule } from "../engine/rule";

const level = z.enum(["mandatory", "advisory", "disabled"]);
const exemption = z.strictObject({
  resource: z.string().min(1),
  reason: z.string().trim().min(10),
  until: z.iso.date(),
});

function schemaOf(rule: Rule): z.ZodType<RuleConfig> {
  const settings = Object.entries(rule.settings ?? {}).map(([key, { type, items }]) => {
    const item = items?.type === "integer" ? z.int() : z.string();
    return [key, (type === "array" ? z.array(item) : type === "integer" ? z.int() : z.number()).optional()] as const;
  });
  const options = z.strictObject({
    enforcementLevel: level.optional(),
    exemptions: z.array(exemption).optional(),
    ...Object.fromEntries(settings),
  });
  return z.union([
    level.transform((enforcementLevel) => ({ enforcementLevel })),
    options,
  ]) as unknown as z.ZodType<RuleConfig>;
}

/** What is wrong with one value: of the alternatives the one that was meant, judged by the kind of the value. */
function problems(error: z.ZodError, value: unknown): string[] {
  const issues = error.issues.flatMap((issue) =>
    issue.code === "invalid_union" ? (issue.errors[typeof value === "string" ? 0 : 1] ?? []) : [issue],
  );
  return issues.map((issue) => `${issue.path.join(".") || "value"}: ${issue.message}`);
}

/**
 * Reads a configuration of the rules in CrossGuard's own format (`--policy-pack-config`): by rule id a level, or an
 * object with `enforcementLevel`, `exemptions` and the rule's settings; under `all` a level for every rule.
 *
 * @throws Refusal naming the rule, the key and what is allowed
 */
export function parsePolicyConfig(json: string, rules: readonly Rule[]): Record<string, RuleConfig> {
  let content: unknown;
  try {
    content = JSON.parse(json);
  } catch (error) {
    throw new Refusal(`the policy configuration is no JSON: ${(error as Error).message}`);
  }
  const entries = z.record(z.string(), z.unknown()).safeParse(content);
  if (!entries.success) throw new Refusal("the policy configuration is no JSON object of rules");
  const { all, ...own } = entries.data;
  const found: string[] = [];
  const everywhere = level.optional().safeParse(all);
  if (everywhere.error) found.push(...problems(everywhere.error, all).map((problem) => `all.${problem}`));
  const config: Record<string, RuleConfig> = Object.fromEntries(
    rules.map((rule) => [rule.id, everywhere.data ? { enforcementLevel: everywhere.data } : {}]),
  );
  for (const [id, value] of Object.entries(own)) {
    const rule = rules.find((candidate) => candidate.id === id);
    if (!rule) {
      found.push(
        `there is no rule ${id}; the nearest is ${closest(
          id,
          rules.map((candidate) => candidate.id),
        )}`,
      );
      continue;
    }
    const parsed = schemaOf(rule).safeParse(value);
    if (parsed.success) config[id] = { ...config[id], ...parsed.data };
    else found.push(...problems(parsed.error, value).map((problem) => `${id}.${problem}`));
  }
  if (found.length > 0)
    throw new Refusal(`the policy configuration cannot be used:\n${found.map((problem) => `  ${problem}`).join("\n")}`);
  return config;
}
