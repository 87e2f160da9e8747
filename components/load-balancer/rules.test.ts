import { provedBy } from "../../test/policies/proved";
import { balancerExamples } from "../../test/policies/components/load-balancer";
import { balancerRules } from "./rules";

provedBy(balancerRules, balancerExamples);
