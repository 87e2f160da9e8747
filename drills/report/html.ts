import { marked } from "marked";
import { table, toMarkdown } from "./markdown";
import { latencyPlot, ratePlot, runsPlot, type Mark } from "./plots";
import type { DrillReport, RunReport } from "./report";
import type { Sample } from "./samples";

const STYLE = `
  body { font: 15px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #222 }
  table { border-collapse: collapse; margin: 1rem 0; font-size: 13px }
  th, td { border: 1px solid #ccc; padding: .25rem .6rem; text-align: left; font-variant-numeric: tabular-nums }
  th { background: #f4f4f4 }
  svg { max-width: 100%; height: auto }
  details { margin: 1rem 0 }`;

/** Text from the cluster is data, not markup. */
const escaped = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

function marksOf(run: RunReport): Mark[] {
  const healed = (Date.parse(run.healedAt) - Date.parse(run.faultAt)) / 1000;
  return [
    { second: 0, label: "fault" },
    ...(run.detection ? [{ second: run.detection.seconds, label: run.detection.alert }] : []),
    ...(run.isolationSeconds === null ? [] : [{ second: run.isolationSeconds, label: "isolated" }]),
    { second: healed, label: "healed" },
    ...(run.wholeAfterSeconds === null ? [] : [{ second: healed + run.wholeAfterSeconds, label: "whole" }]),
  ];
}

async function runSection(run: RunReport, samples: Sample[]): Promise<string> {
  const marks = marksOf(run);
  const rows = run.timeline.map(({ second, source, text }) => [second.toFixed(2), source, escaped(text)]);
  return [
    `<h2>Run ${run.run}</h2>`,
    await latencyPlot(samples, marks),
    await ratePlot(samples, marks),
    `<details><summary>What happened (${rows.length})</summary>`,
    await marked(table([["second", "source", "what"], ...rows])),
    "</details>",
  ].join("\n");
}

/**
 * The report as one page that needs nothing beside it: tables, plots as inline SVG, and the timeline of each run.
 *
 * @param samples for each run, in the order of the runs
 */
export async function toHtml(report: DrillReport, samples: Sample[][]): Promise<string> {
  const outages = report.runs.flatMap(({ run, writes, reads }) => [
    { run, kind: "writes", seconds: writes.outageSeconds },
    { run, kind: "reads", seconds: reads.outageSeconds },
  ]);
  const sections = [];
  for (const [index, run] of report.runs.entries()) sections.push(await runSection(run, samples[index] ?? []));
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Drill ${report.drill}</title><style>${STYLE}</style></head>
<body>
${await marked(escaped(toMarkdown(report)))}
${report.runs.length > 1 ? await runsPlot(outages) : ""}
${sections.join("\n")}
</body>
</html>
`;
}
