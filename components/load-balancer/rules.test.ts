import { provedBy } from "../../policy/testing/proved";
import { balancerExamples } from "./policies/examples";
import { balancerRules } from "./rules";

provedBy(balancerRules, balancerExamples);
