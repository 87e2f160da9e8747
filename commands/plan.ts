import { Command, Option } from "commander";
import { isPlanError, requireNumber } from "../planner/errors";
import { LOAD_PROFILES } from "../planner/profiles";
import { compareDisciplines, planStack } from "../planner/stack";
import { disciplineTable, planReport } from "./plan/report";
import { completeLoad, completeSlo, questionOf, type Flags } from "./plan/request";
import { trace } from "./support/trace";

/** Exit codes: the question has no answer, or makes no sense; the planner itself failed. */
const REFUSED = 2;
const FAULT = 3;

interface Options extends Flags {
  replicas?: string;
  json?: boolean;
  plot?: string;
  fromCsv?: string;
  fromPrometheus?: string;
  query?: string;
  days: string;
}

const program = new Command("plan")
  .description(
    "Size a stack for a load and a promise: web pods, autoscaler, pools, machines, cost, and how it will perform.",
  )
  .configureHelp({ commandUsage: () => "npm run plan -- [options]" })
  .showHelpAfterError("(--help shows every option)")
  .option("--file <yaml>", "load, slo, topology and durability from a file; flags override it")
  .addOption(new Option("--profile <name>", "start from a profile").choices(Object.keys(LOAD_PROFILES)))
  .option("--rate <n>", "requests per second in an ordinary busy hour")
  .option("--peak <n>", "requests per second at the worst planned for (default: twice the rate)")
  .option("--service-time <time>", "what a request takes on an idle server, for example 20ms")
  .option("--cpu-time <time>", "the part of it that keeps the pod busy (default: all)")
  .option("--variability <n>", "variance / mean² of the service time (default: 1, exponential)")
  .option("--write-share <n>", "share of requests that write, 0 to 1 (default: 0.1)")
  .option("--transaction-time <time>", "how long a transaction holds a connection (default: 5ms)")
  .option("--slo <promise>", "percentile and latency, for example p99=250ms")
  .option("--availability <percent>", "promised availability (default: 99.95)")
  .option("--zones <n>", "zones the pods are spread over (default: 2)")
  .addOption(
    new Option("--algorithm <name>", "how requests are spread (default: leastconn)").choices([
      "leastconn",
      "roundrobin",
      "source",
      "shared",
    ]),
  )
  .option("--balancers <n>", "balancers that share the traffic (default: 2)")
  .option("--pod-cores <n>", "CPU limit of a web pod (default: the cheapest of the price file's)")
  .addOption(
    new Option("--durability <which>", "whether a write must be on a standby").choices(["required", "preferred"]),
  )
  .option("--prices <yaml>", "price file (default: planner/prices.yaml)")
  .option("--replicas <n>", "judge this number of pods instead of looking for one, under each way to balance")
  .option("--plot <svg>", "also draw latency over load into this file")
  .option("--from-csv <file>", "forecast the next half hour from time,rate lines")
  .option("--from-prometheus <url>", "forecast the next half hour from what a Prometheus has recorded")
  .option("--query <promql>", "what to ask it (default: requests that reach the balancer)")
  .option("--days <n>", "how far back", "7")
  .option("--json", "JSON instead of tables");

async function answer(options: Options): Promise<{ text: () => string; data: unknown }> {
  const question = await questionOf(options);
  const { topology, durability, prices } = question;
  if (options.fromCsv !== undefined || options.fromPrometheus !== undefined) {
    const { STEP_SECONDS } = await import("./plan/history");
    const { historyFromCsv } = await import("./plan/csv");
    const { historyFromPrometheus } = await import("./plan/prometheus");
    const { forecastPlan, forecastReport } = await import("./plan/forecast");
    const days = Number(options.days);
    requireNumber("--days", days, { atLeast: 2, atMost: 60 });
    const history =
      options.fromCsv !== undefined
        ? historyFromCsv(options.fromCsv)
        : await historyFromPrometheus(options.fromPrometheus!, options.query, days, STEP_SECONDS, Date.now() / 1000);
    // The rate may be left to the history; the service time may not.
    const { serviceTimeMs } = completeLoad({ rate: 1, ...question.load });
    const forecast = forecastPlan(history, { ...question.load, serviceTimeMs }, completeSlo(question.slo), topology);
    return { text: () => forecastReport(forecast), data: forecast };
  }
  const load = completeLoad(question.load);
  if (options.replicas !== undefined) {
    const rows = compareDisciplines(
      load,
      question.slo ?? { percentile: 99, latencyMs: Infinity },
      { balancers: 1, ...topology },
      Number(options.replicas),
      load.rate,
    );
    return { text: () => disciplineTable(rows), data: rows };
  }
  const plan = planStack({ load, slo: completeSlo(question.slo), topology, durability, prices });
  if (options.plot !== undefined) await (await import("./plan/plot")).writePlot(plan, options.plot);
  return { text: () => planReport(plan), data: plan };
}

try {
  const options = program.parse().opts<Options>();
  const { text, data } = await answer(options);
  console.log(options.json ? JSON.stringify(data, null, 2) : text());
} catch (error) {
  if (isPlanError(error)) console.error(error.message);
  else console.error(`This is a fault of the planner. Please report it with these lines:\n${trace(error)}`);
  process.exitCode = isPlanError(error) ? REFUSED : FAULT;
}
