import { balancerRules } from "../../components/load-balancer/rules";
import { postgresRules } from "../../components/postgres/rules";
import { redisRules } from "../../components/redis/rules";
import type { Rule } from "../../policy/engine/rule";
import { OBJECT_GROUPS, STACK_GROUPS, type RuleGroup } from "../../policy/rules/all";

/** Every rule by what it is about, those that components bring among them, in the order of the documentation. */
export const RULE_GROUPS: RuleGroup[] = [
  ...OBJECT_GROUPS,
  { title: "PostgreSQL", rules: postgresRules },
  { title: "Redis", rules: redisRules },
  { title: "Balancer", rules: balancerRules },
  ...STACK_GROUPS,
];

/** Every rule. */
export const RULES: Rule[] = RULE_GROUPS.flatMap(({ rules }) => rules);
