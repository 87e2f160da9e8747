import type { Rule } from "../engine/rule";
import { accessRules } from "./access";
import { availabilityRules } from "./availability";
import { balancerRules } from "./balancer";
import { capacityRules } from "./capacity";
import { hostRules } from "./host";
import { imageRules } from "./images";
import { ingressRules } from "./ingress";
import { jobRules } from "./jobs";
import { networkRules } from "./network";
import { observabilityRules } from "./observability";
import { peakRules } from "./peak";
import { podSecurityRules } from "./pod-security";
import { postgresRules } from "./postgres";
import { probeRules } from "./probes";
import { redisRules } from "./redis";
import { resourceRules } from "./resources";
import { rolloutRules } from "./rollout";
import { secretRules } from "./secrets";
import { spreadRules } from "./spread";
import { wiringRules } from "./wiring";

/** Rules by what they are about, in the order of the documentation. */
export const RULE_GROUPS: { title: string; rules: Rule[] }[] = [
  { title: "Pods and their containers", rules: podSecurityRules },
  { title: "The node", rules: hostRules },
  { title: "Secrets", rules: secretRules },
  { title: "Images", rules: imageRules },
  { title: "Rights", rules: accessRules },
  { title: "Network", rules: networkRules },
  { title: "Ingress", rules: ingressRules },
  { title: "Resources", rules: resourceRules },
  { title: "Probes", rules: probeRules },
  { title: "Replicas and disruption", rules: availabilityRules },
  { title: "Spread", rules: spreadRules },
  { title: "Rollouts and shutdown", rules: rolloutRules },
  { title: "Jobs", rules: jobRules },
  { title: "Wiring", rules: wiringRules },
  { title: "PostgreSQL", rules: postgresRules },
  { title: "Redis", rules: redisRules },
  { title: "Balancer", rules: balancerRules },
  { title: "Monitoring", rules: observabilityRules },
  { title: "Capacity", rules: [...capacityRules, ...peakRules] },
];

/** Every rule. */
export const RULES: Rule[] = RULE_GROUPS.flatMap(({ rules }) => rules);
