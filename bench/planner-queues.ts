/**
 * The model against a simulation, over disciplines, pool sizes, loads, balancers and service-time variability.
 * `npx tsx bench/planner-queues.ts` writes docs/results/planner/queues.json, which docs/planning.md quotes.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { repository } from "../local/paths";
import { solveQueue, type Discipline } from "../planner/queueing/disciplines";
import { simulateQueue } from "../planner/simulation/queue";

const CUSTOMERS = 1_000_000;
const POOLS: [servers: number, utilization: number][] = [
  [2, 0.6],
  [3, 0.5],
  [3, 0.7],
  [5, 0.6],
  [5, 0.8],
  [10, 0.8],
  [10, 0.9],
];
const CASES: [discipline: Discipline, balancers: number][] = [
  ["shared", 1],
  ["leastconn", 1],
  ["roundrobin", 1],
  ["source", 1],
  ["leastconn", 2],
  ["roundrobin", 2],
];

/** Percent by which the model is above (or, negative, below) the simulation. */
const percent = (model: number, measured: number): number => Math.round((model / measured - 1) * 1000) / 10;

const rows = CASES.flatMap(([discipline, balancers]) =>
  [0.25, 1, 4].flatMap((variability) =>
    POOLS.map(([servers, utilization]) => {
      const input = {
        discipline,
        balancers,
        servers,
        arrivalRate: servers * utilization,
        service: { mean: 1, variability },
      };
      const { response } = solveQueue(input);
      const measured = simulateQueue({ ...input, customers: CUSTOMERS, seed: 1 });
      return {
        discipline,
        balancers,
        variability,
        servers,
        utilization,
        mean: percent(response.mean, measured.meanResponse),
        p95: percent(response.percentile(0.95), measured.p95Response),
        p99: percent(response.percentile(0.99), measured.p99Response),
      };
    }),
  ),
);
const worst = CASES.flatMap(([discipline, balancers]) =>
  [0.25, 1, 4].map((variability) => {
    const those = rows.filter(
      (r) => r.discipline === discipline && r.balancers === balancers && r.variability === variability,
    );
    const most = (key: "mean" | "p95" | "p99"): number => Math.max(...those.map((r) => Math.abs(r[key])));
    return { discipline, balancers, variability, mean: most("mean"), p95: most("p95"), p99: most("p99") };
  }),
);
writeFileSync(
  join(repository, "docs/results/planner/queues.json"),
  `${JSON.stringify({ customers: CUSTOMERS, worst })}\n`,
);
console.table(worst);
