import type { Purchase } from "../../planner/cost/cheapest";
import { resolveLoad } from "../../planner/plan/load";
import type { Expectation } from "../../planner/plan/web";
import type { DisciplineRow, StackPlan } from "../../planner/stack";
import { milliseconds, minutes, percent, rate, table } from "./format";

/** The plan as text: first sizes and cost, then the expected behaviour, then the assumptions. */
export function planReport(plan: StackPlan): string {
  const {
    request: { slo, topology },
    web,
    pools,
    availability,
    cheapest,
  } = plan;
  const load = resolveLoad(plan.request.load);
  const promise = `p${slo.percentile} ≤ ${milliseconds(slo.latencyMs)}`;
  return [
    `${rate(load.rate)} (peak ${rate(load.peakRate)}), ${milliseconds(load.serviceTimeMs)} each, promised ` +
      `${promise} and ${availability.promised} % up, ${topology.zones} zone${topology.zones === 1 ? "" : "s"}`,
    section("Size"),
    table(
      ["", "set", ""],
      [
        [
          "web pods",
          `${web.minReplicas} to ${web.maxReplicas}`,
          `of ${web.requests.cpu} CPU requested, ${web.limits.cpu} allowed; ${web.neededAtRate} to ` +
            `${web.neededAtPeak} would do with no zone lost`,
        ],
        [
          "autoscaler target",
          `${web.targetCpuUtilization} % CPU`,
          `of the request; load may grow ${web.headroom.toFixed(1)} times within one reaction`,
        ],
        ["pool of a web pod", `${pools.perPod.write} write, ${pools.perPod.read} read`, "connections to the poolers"],
        [
          "PgBouncer pool",
          `${pools.perPooler.write} write, ${pools.perPooler.read} read`,
          `server connections of each pooler; max_client_conn ${pools.maxClientConnections}`,
        ],
        [
          "Postgres",
          `max_connections ${pools.maxConnections}`,
          `${rate(pools.writeRate)} write, ${rate(pools.readRate)} read at the peak ` +
            `(${rate(pools.readRateWithoutCache)} with the cache away)`,
        ],
        ...(pools.cacheMemoryMiB
          ? [["Redis", `maxmemory ${pools.cacheMemoryMiB} MiB`, `${percent(pools.hitRatio)} of reads are hits`]]
          : []),
        ["machines", `${cheapest.nodes} × ${cheapest.node.name}`, "everything fits with one of them away"],
        ["cost", money(plan, cheapest), "a month, machines and volumes"],
      ],
    ),
    section("What to expect"),
    expectations(
      [
        ["at the ordinary rate", web.atRate],
        ["at the peak", web.atPeak],
        ["at the peak, a zone lost", web.atPeakZoneLost],
      ],
      slo.percentile,
    ),
    `  ${web.maxReplicas} pods keep the promise up to ${rate(plan.limits.withinSlo)}; beyond ` +
      `${rate(plan.limits.stable)} the queue grows for ever.`,
    section("Availability"),
    table(
      ["", "a year"],
      [
        ["too few replicas left (nodes, zones)", minutes(availability.lostReplicas)],
        ["  of which without zone outages", minutes(availability.lostReplicasWithoutZones)],
        ["failovers and bad releases", minutes(availability.interruptions)],
        [
          "in all",
          `${minutes(availability.downtimeMinutes)}, ${(availability.availability * 100).toFixed(3)} % up: the ` +
            `promise of ${availability.promised} % is ${availability.kept ? "kept" : "NOT kept"}`,
        ],
      ],
    ),
    section("What if"),
    table(
      ["", "rate", "pods", "busy", `p${slo.percentile}`, "promise", "pods that would do"],
      plan.whatIf.map(({ change, then, needed }) => [
        change,
        rate(then.rate),
        String(then.pods),
        percent(then.utilization),
        milliseconds(then.promisedMs),
        kept(then),
        needed === undefined ? "none" : String(needed),
      ]),
    ),
    section(`The same ${web.neededAtPeak} pods at the peak, by how the balancer spreads`),
    disciplineTable(plan.disciplines),
    section("Other ways to buy it"),
    table(
      ["machines", "web pods", "a month"],
      plan.alternatives.map((p) => [
        `${p.nodes} × ${p.node.name}`,
        `${p.web.maxReplicas} of ${p.podCores} core${p.podCores === 1 ? "" : "s"}`,
        money(plan, p),
      ]),
    ),
    section("Taken for granted"),
    ...web.assumptions.map((line) => `  ${line}`),
    `  Reads and writes: ${percent(load.writeShare)} of requests write; a transaction holds a connection for ` +
      `${milliseconds(load.transactionMs)}.`,
  ].join("\n");
}

/** Table of the same pods with each balancing algorithm. */
export function disciplineTable(rows: DisciplineRow[]): string {
  return table(
    ["", "busy", "wait at all", "mean", "p95", "p99", "which queue that assumes"],
    rows.map((row) => [
      row.discipline,
      percent(row.utilization),
      row.waiting.toFixed(4),
      milliseconds(row.meanMs),
      milliseconds(row.p95Ms),
      milliseconds(row.p99Ms),
      row.assumes,
    ]),
  );
}

function expectations(rows: [string, Expectation][], percentile: number): string {
  return table(
    ["", "rate", "pods", "busy", "mean", "p50", "p95", "p99", `p${percentile} promise`],
    rows.map(([when, e]) => [
      when,
      rate(e.rate),
      String(e.pods),
      percent(e.utilization),
      milliseconds(e.meanMs),
      milliseconds(e.p50Ms),
      milliseconds(e.p95Ms),
      milliseconds(e.p99Ms),
      kept(e),
    ]),
  );
}

const kept = (e: Expectation): string => (e.keepsSlo ? "kept" : "BROKEN");

function money(plan: StackPlan, purchase: Purchase): string {
  return `${purchase.pricePerMonth.toFixed(0)} ${plan.request.prices.currency}`;
}

const section = (title: string): string => `\n${title}`;
