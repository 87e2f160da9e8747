import { provedBy } from "../../policy/testing/proved";
import { postgresExamples } from "./policies/examples";
import { postgresRules } from "./rules";

provedBy(postgresRules, postgresExamples);
