import { provedBy } from "../../policy/testing/proved";
import { redisExamples } from "./policies/examples";
import { redisRules } from "./rules";

provedBy(redisRules, redisExamples);
