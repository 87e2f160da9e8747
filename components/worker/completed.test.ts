import { expect, test } from "vitest";
import { workerEdges } from "./access";
import type { WorkerArgs } from "./args";
import { workerSettings } from "./completed";

const settings = (args: Partial<WorkerArgs> = {}) =>
  workerSettings("mail", { namespace: "site", image: "registry.example/site:1", ...args });

test.each<[Partial<WorkerArgs>, string]>([
  [{ replicas: 0 }, "Worker mail: replicas is 0; it must be a whole number of at least 1."],
  [{ replicas: 1.5 }, "replicas is 1.5; it must be a whole number of at least 1."],
  [{ drainSeconds: -1 }, "drainSeconds is -1; it must be a whole number of at least 0."],
  [{ metricsPort: 70_000 }, "metricsPort is 70000; it must be a whole number from 1 to 65535."],
])("%j is refused by its key", (args, sentence) => {
  expect(() => settings(args)).toThrow(sentence);
});

test("nobody comes in but who reads its metrics, if it has any", () => {
  const scrapedBy = [{ namespace: "site", labels: { app: "prometheus" } }];
  expect(workerEdges(settings({ scrapedBy })).ingress).toEqual([]);
  expect(workerEdges(settings({ scrapedBy, metricsPort: 9100 })).ingress).toEqual([
    { from: scrapedBy[0], ports: [9100] },
  ]);
});
