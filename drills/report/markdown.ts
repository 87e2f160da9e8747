import type { ReadTally, WriteTally } from "../measure/measure";
import type { Spread } from "../measure/runs";
import { keptOf, type DrillReport, type RunReport } from "./report";

/** Numbers as people read them. */
const number = (value: number | null, digits: number): string => (value === null ? "–" : value.toFixed(digits));

/** A Markdown table. @param rows cells, the header first */
export function table(rows: string[][]): string {
  const [header, ...body] = rows.map((row) => `| ${row.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`);
  return [header, `|${rows[0]!.map(() => "---").join("|")}|`, ...body].join("\n");
}

const HEADER = [
  "run",
  "way",
  "kind",
  "outage s",
  "failed / sent",
  "p50 ms",
  "p99 ms",
  "worst ms",
  "lost",
  "duplicates",
  "by deposed",
  "stale",
];

/** A way's requests of one kind in one run. @param found what the checker found, in the order of the last columns */
function row(
  run: string,
  way: string,
  kind: string,
  tally: WriteTally | ReadTally,
  found: (number | string)[],
): string[] {
  return [
    ...[run, way, kind, number(tally.outageSeconds, 2), `${tally.failed} / ${tally.sent}`],
    ...[number(tally.p50Ms, 1), number(tally.p99Ms, 0), number(tally.worstMs, 0), ...found.map(String)],
  ];
}

const writeRow = (run: string, way: string, tally: WriteTally): string[] =>
  row(run, way, "writes", tally, [tally.lost, tally.duplicates, tally.deposed, ""]);
const readRow = (run: string, way: string, tally: ReadTally): string[] =>
  row(run, way, "reads", tally, ["", "", "", tally.stale]);

function rowsOf(run: RunReport): string[][] {
  const name = String(run.run);
  return [
    writeRow(name, "shop", run.writes),
    readRow(name, "shop", run.reads),
    ...run.alongside.flatMap((other) => [
      writeRow(name, other.way, other.writes),
      ...(other.reads ? [readRow(name, other.way, other.reads)] : []),
    ]),
  ];
}

function spreadRow(what: string, spread: Spread | null, digits: number): string[] {
  return [
    what,
    number(spread?.median ?? null, digits),
    number(spread?.p95 ?? null, digits),
    number(spread?.worst ?? null, digits),
  ];
}

/** Median, 95th percentile and worst of the runs. */
export function summaryTable({ summary }: DrillReport): string {
  return table([
    ["through the shop", "median", "p95", "worst"],
    spreadRow("outage of writes, s", summary.writes.outageSeconds, 2),
    spreadRow("outage of reads, s", summary.reads.outageSeconds, 2),
    spreadRow("failed writes", summary.writes.failed, 0),
    spreadRow("failed reads", summary.reads.failed, 0),
    spreadRow("worst write, ms", summary.writes.worstMs, 0),
    spreadRow("worst read, ms", summary.reads.worstMs, 0),
    spreadRow("changes of the Postgres primary", summary.failovers, 0),
    spreadRow("whole again, s after healing", summary.wholeAfterSeconds, 0),
  ]);
}

/** The article's four steps for one run: detect, isolate, recover, and what is to be looked at afterwards. */
function steps(run: RunReport): string {
  const { detection } = run;
  const detected = detection
    ? `**Detected** after ${detection.seconds.toFixed(1)} s: ${detection.alert} (${detection.state}).`
    : `**Detected**: ${run.detectionUnknown ? `not known (${run.detectionUnknown})` : "no alert began"}.`;
  const named = run.named
    ? ` **Named** after ${run.named.seconds.toFixed(1)} s: ${run.named.pod}, by ${run.named.alert}.`
    : "";
  const isolated =
    run.isolationSeconds === null
      ? "**Isolated**: nothing to see by its addresses."
      : `**Isolated** after ${run.isolationSeconds.toFixed(2)} s.`;
  const whole =
    run.wholeAfterSeconds === null ? "not whole in time" : `whole ${run.wholeAfterSeconds.toFixed(0)} s after healing`;
  const copies =
    run.copies === null
      ? "not known"
      : [keptOf(run.copies), ...run.copies.gone.map((name) => `${name}'s is gone`)].join(", ");
  return [
    `Run ${run.run}, seed ${run.seed}, hit ${run.target}.`,
    `${detected}${named}`,
    isolated,
    `**Recovered** after ${run.recoverySeconds.toFixed(2)} s; ${whole}. Standbys' data kept: ${copies}.`,
  ].join(" ");
}

/** What came instead of acknowledgements, a line for each kind of request that failed. */
function failures(report: DrillReport): string[] {
  return report.runs.flatMap((run) => [
    ...(
      [
        ["writes", run.writes],
        ["reads", run.reads],
      ] as const
    )
      .filter(([, { failed }]) => failed > 0)
      .map(
        ([kind, { failedAs }]) =>
          `- run ${run.run}, ${kind} of the shop that failed: ${Object.entries(failedAs)
            .map(([what, count]) => `${count} × ${what}`)
            .join(", ")}`,
      ),
    ...run.outOfMemory.map((container) => `- run ${run.run}: ${container} was killed for the memory it used`),
  ]);
}

/** Up to this many ids of each finding are shown; all of them are in the JSON. */
const SHOWN = 5;

function analysis(report: DrillReport): string[] {
  const lines = report.runs.flatMap((run) =>
    [
      { way: "shop", findings: run.findings },
      ...run.alongside,
      { way: "any way", findings: { "acknowledged with one copy": run.acknowledgedAlone ?? [] } },
    ].flatMap(({ way, findings }) =>
      Object.entries(findings as unknown as Record<string, string[]>)
        .filter(([, ids]) => ids.length > 0)
        .map(
          ([kind, ids]) =>
            `- run ${run.run}, ${way}: ${ids.length} ${kind}: ` +
            `${ids.slice(0, SHOWN).join(", ")}${ids.length > SHOWN ? ", …" : ""}`,
        ),
    ),
  );
  return lines.length === 0 ? [] : ["", "**To analyse:**", "", ...lines];
}

/** The report as Markdown, the summary first. */
export function toMarkdown(report: DrillReport): string {
  const { cluster, load } = report;
  return [
    `# ${report.drill}`,
    "",
    report.title,
    "",
    `${report.startedAt}, ${report.runs.length} run(s) on ${cluster.nodes} nodes of ${cluster.context}, ` +
      `Kubernetes ${cluster.kubernetes}; ` +
      `${load.writesPerSecond} writes/s and ${load.readsPerSecond} reads/s through ` +
      `${load.url}${load.also.length > 0 ? `, and the same by ${load.also.join(", ")}` : ""}.`,
    "",
    summaryTable(report),
    "",
    table([
      ["promised", "limit", "found", ""],
      ...report.judgements.map(({ what, promised, found, met }) => [what, promised, found, met ? "met" : "**missed**"]),
    ]),
    "",
    table([HEADER, ...report.runs.flatMap(rowsOf)]),
    "",
    ...report.runs.map((run) => `- ${steps(run)}`),
    ...failures(report),
    ...analysis(report),
    "",
  ].join("\n");
}
