import type { Rule } from "../engine/rule";
import { accessRules } from "./access";
import { availabilityRules } from "./availability";
import { capacityRules } from "./capacity";
import { hostRules } from "./host";
import { imageRules } from "./images";
import { ingressRules } from "./ingress";
import { jobRules } from "./jobs";
import { networkRules } from "./network";
import { observabilityRules } from "./observability";
import { peakRules } from "./peak";
import { podSecurityRules } from "./pod-security";
import { probeRules } from "./probes";
import { resourceRules } from "./resources";
import { rolloutRules } from "./rollout";
import { secretRules } from "./secrets";
import { spreadRules } from "./spread";
import { wiringRules } from "./wiring";

/** Rules by what they are about. */
export interface RuleGroup {
  title: string;
  rules: Rule[];
}

/** Rules about any program's objects, in the order of the documentation. */
export const OBJECT_GROUPS: RuleGroup[] = [
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
];

/** Rules about how any stack is watched, and how much it carries; in the documentation these come last. */
export const STACK_GROUPS: RuleGroup[] = [
  { title: "Monitoring", rules: observabilityRules },
  { title: "Capacity", rules: [...capacityRules, ...peakRules] },
];

/** Every rule that holds for any program, whatever components it is made of. */
export const GENERAL_RULES: Rule[] = [...OBJECT_GROUPS, ...STACK_GROUPS].flatMap(({ rules }) => rules);
