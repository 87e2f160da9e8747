import { join } from "node:path";
import { Command, InvalidArgumentError, Option } from "commander";
import type { Drill } from "../drills/drill";
import { during } from "../drills/during";
import { HealFile } from "../drills/heal/record";
import type { WayName } from "../drills/load/history";
import { takeLock } from "../cluster/lock";
import { Refusal } from "../config/refusal";
import { summaryTable } from "../drills/report/markdown";
import { writeReport } from "../drills/report/write";
import { INTERRUPTED, Interrupted, onInterrupt } from "../drills/run/interrupt";
import { PACE } from "../drills/run/pace";
import { mend, resultFolder, runSeries, waysBeside } from "../drills/run/series";
import { CommandFailed } from "../drills/stack/execute";
import { askForNodes, checkContext, checkNodes } from "../drills/stack/guard";
import { ensureClusterTools } from "../local/engine/tools";
import { scratchFolder, stateFolder } from "../local/paths";
import { ENVIRONMENTS } from "../config/keys";
import { DRILLS, drillNamed, SUBJECTS } from "./drill/catalogue";
import { keep, type KeepOptions } from "./drill/keep";
import { lastWord } from "./support/cli";
import { loadSettings } from "./support/settings";

/** Reports belong to this checkout. The heal record belongs to the cluster, of which a machine has only one. */
const resultsFolder = join(scratchFolder, "drills");
const healFile = new HealFile(join(stateFolder, "drills", "unhealed.json"));

/** Sessions that share the load in every drill. */
const SESSIONS = 20;
/** Upper bounds of `--runs` and `--rate`, against typing errors. */
const MOST_RUNS = 100;
const MOST_PER_SECOND = 500;

/** Exit codes besides 0 and that of an interruption. */
const EXIT = { missed: 1, refused: 2 };

const begun = Date.now();
function say(line: string): void {
  console.error(`${((Date.now() - begun) / 1000).toFixed(1).padStart(7)} s  ${line}`);
}

/** A whole number in a range. */
function whole(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!Number.isInteger(value) || value < least || value > most)
      throw new InvalidArgumentError(`It is a whole number from ${least} to ${most}.`);
    return value;
  };
}

interface Options {
  env: string;
  context?: string;
  iKnow?: boolean;
  runs: number;
  seed: number;
  json?: string;
  also: WayName[];
  rate: number;
}

async function run(drill: Drill, options: Options): Promise<void> {
  const settings = loadSettings(options.env);
  const cluster = { context: options.context ?? settings.kubeContext, namespace: settings.namespace };
  checkContext(cluster.context, options.iKnow ?? false);
  await ensureClusterTools(["kubectl"]);
  const { release } = takeLock(stateFolder, "`npm run drill`", false);
  const { signal, dispose } = onInterrupt(say);
  try {
    await mend({ healFile, subjects: SUBJECTS, url: settings.url, pace: PACE, say }, signal);
    const nodes = await askForNodes(cluster, signal);
    checkNodes(cluster.context, nodes, options.iKnow ?? false);
    const startedAt = new Date().toISOString();
    const results = resultFolder(resultsFolder, drill, startedAt);
    const { report, samples } = await runSeries(
      {
        cluster,
        subjects: SUBJECTS,
        drill,
        healFile,
        pace: PACE,
        say,
        url: settings.url,
        folder: results,
        also: waysBeside(drill, options.also),
        shape: { writesPerSecond: options.rate, readsPerSecond: options.rate, sessions: SESSIONS },
      },
      {
        startedAt,
        nodes: nodes.length,
        kubernetes: nodes[0]?.status?.nodeInfo?.kubeletVersion ?? "unknown",
      },
      options.runs,
      options.seed,
      signal,
    );
    const page = await writeReport(report, samples, results, options.json);
    console.log(`${summaryTable(report)}\n`);
    for (const { what, promised, found, met } of report.judgements)
      console.log(`${met ? "met   " : "MISSED"} ${what}: ${found} (promised ${promised})`);
    console.log(`\n${page}`);
    if (!report.met) process.exitCode = EXIT.missed;
  } finally {
    dispose();
    release();
  }
}

async function healOnly(options: { env: string }): Promise<void> {
  await ensureClusterTools(["kubectl"]);
  const { release } = takeLock(stateFolder, "`npm run drill`", false);
  const { signal, dispose } = onInterrupt(say);
  try {
    const { url } = loadSettings(options.env);
    if (!(await mend({ healFile, subjects: SUBJECTS, url, pace: PACE, say }, signal)))
      console.log("Nothing is broken by a drill.");
  } finally {
    dispose();
    release();
  }
}

function list(): void {
  const width = Math.max(...DRILLS.map((drill) => drill.name.length));
  for (const { name, title } of DRILLS) console.log(`${name.padEnd(width)}  ${title}`);
  if (healFile.read())
    console.log("\nA drill was interrupted and its faults are not healed: `npm run drill -- heal` mends them.");
}

const environment = (): Option =>
  new Option("--env <environment>", "which stack").choices([...ENVIRONMENTS]).default("dev");
const program = new Command("npm run drill --")
  .description("Break the running stack on purpose, and measure what its users feel.")
  .showHelpAfterError("(--help shows every option)");
program.command("list").description("name every drill").action(list);
const measured = (name: string, description: string): Command =>
  program
    .command(name)
    .description(description)
    .addOption(environment())
    .option("--runs <n>", "how many times, for median, p95 and worst", whole(1, MOST_RUNS), 1)
    .option("--json <file>", "also write the result to this file")
    .option(
      "--seed <n>",
      "repeats the choices of an earlier run: products, sessions, the moment of the fault",
      whole(0, 2 ** 31 - 1),
      1,
    )
    .option("--rate <n>", "writes per second, and as many reads", whole(1, MOST_PER_SECOND), 50)
    .addOption(
      new Option("--also <ways...>", "load by other ways as well: SQL through the pooler, Redis itself")
        .choices(["sql", "redis"])
        .default([]),
    )
    .option("--context <name>", "another cluster than the stack's own")
    .option("--i-know", "even one that is neither kind nor minikube");
measured("run", "run a drill, and heal whatever happens")
  .argument("<name>", "name of a drill")
  .action((name: string, options: Options) => run(drillNamed(name), options));
measured(
  "during",
  "run a command of yours, for example a change by `npm run up`, and measure what users feel meanwhile",
)
  .argument("<command>", "for the shell, in quotes")
  .action((command: string, options: Options) => run(during(command), options));
program
  .command("keep")
  .description("keep series in the docs: `npm run docs` shows the newest of each drill")
  .argument("<files...>", "reports that --json wrote")
  .option("--commit <commit>", "the code that was measured (default: this checkout's)")
  .option("--before", "of the code before a change, to stand beside the other")
  .action((files: string[], options: KeepOptions) =>
    keep(files, options).forEach((path) => console.log(`written: ${path}`)),
  );
program.command("heal").description("undo the fault of an interrupted drill").addOption(environment()).action(healOnly);

try {
  await program.parseAsync();
} catch (error) {
  const refused = error instanceof Refusal;
  if (error instanceof Interrupted) process.exitCode = INTERRUPTED;
  else process.exitCode = refused ? EXIT.refused : EXIT.missed;
  const plain = error instanceof Interrupted || error instanceof CommandFailed ? error.message : lastWord(error);
  console.error(plain === undefined ? error : `\n${plain}`);
}
