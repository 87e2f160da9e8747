import { each, everyComponents, everyPrograms, limits, marked, peers, type Change } from "../common/changes";

/** Every argument changed once, with what has to go for that. */
export const WORKER_CHANGES: Change[] = [
  ...everyComponents("WorkerArgs"),
  ...everyPrograms("WorkerArgs"),
  ...each("WorkerArgs", {
    replicas: 3,
    resources: limits,
    drainSeconds: 300,
    metricsPort: 9100,
    transform: { deployment: marked },
  }),
  { of: "WorkerArgs", argument: "metricsPath", to: "/stats", beside: { metricsPort: 9100 } },
  { of: "WorkerArgs", argument: "scrapedBy", to: peers, beside: { metricsPort: 9100 } },
];
