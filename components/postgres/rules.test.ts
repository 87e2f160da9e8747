import { provedBy } from "../../test/policies/proved";
import { postgresExamples } from "../../test/policies/components/postgres";
import { postgresRules } from "./rules";

provedBy(postgresRules, postgresExamples);
