import { accessExamples } from "../testing/examples/access";
import { availabilityExamples } from "../testing/examples/availability";
import { networkExamples } from "../testing/examples/network";
import { podExamples } from "../testing/examples/pods";
import { programExamples } from "../testing/examples/programs";
import { provedBy } from "../testing/proved";
import { GENERAL_RULES } from "./all";

provedBy(GENERAL_RULES, {
  ...podExamples,
  ...accessExamples,
  ...networkExamples,
  ...availabilityExamples,
  ...programExamples,
});
