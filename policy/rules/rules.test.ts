import { accessExamples } from "../../test/policies/examples/access";
import { availabilityExamples } from "../../test/policies/examples/availability";
import { networkExamples } from "../../test/policies/examples/network";
import { podExamples } from "../../test/policies/examples/pods";
import { programExamples } from "../../test/policies/examples/programs";
import { provedBy } from "../../test/policies/proved";
import { GENERAL_RULES } from "./all";

provedBy(GENERAL_RULES, {
  ...podExamples,
  ...accessExamples,
  ...networkExamples,
  ...availabilityExamples,
  ...programExamples,
});
