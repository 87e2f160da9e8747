import { provedBy } from "../../test/policies/proved";
import { redisExamples } from "../../test/policies/components/redis";
import { redisRules } from "./rules";

provedBy(redisRules, redisExamples);
