import { parse, View } from "vega";
import { compile, type TopLevelSpec } from "vega-lite";
import type { Sample } from "./samples";

/** Moments to mark in a plot, in seconds after the fault. */
export interface Mark {
  second: number;
  label: string;
}

const WIDTH = 860;
/** Width of a bin of the rate plot; fine enough to see a stall of a second, coarse enough for 50 requests a second. */
const BIN_SECONDS = 0.5;
/** Width of a bin of the latency plot. */
const POINT_SECONDS = 0.1;

async function svg(spec: object): Promise<string> {
  // Without `aria: false` every point carries its values as a sentence, and the page is ten times as long.
  const drawable = { background: "white", config: { aria: false }, width: WIDTH, ...spec } as TopLevelSpec;
  return new View(parse(compile(drawable).spec), { renderer: "none" }).toSVG();
}

function rules(marks: Mark[]): object {
  return {
    data: { values: marks },
    layer: [
      {
        mark: { type: "rule", strokeDash: [4, 3], color: "#777" },
        encoding: { x: { field: "second", type: "quantitative" } },
      },
      {
        mark: { type: "text", align: "left", dx: 4, y: 8, color: "#555", fontSize: 10 },
        encoding: { x: { field: "second", type: "quantitative" }, text: { field: "label" } },
      },
    ],
  };
}

const SECONDS = { type: "quantitative", title: "seconds after the fault" };

/**
 * When requests were due and how long they took, on a logarithmic scale; a stall is a falling line of points.
 * Of each bin, way, kind and answer the slowest is drawn.
 */
export async function latencyPlot(samples: Sample[], marks: Mark[]): Promise<string> {
  const values = samples.map((sample) => ({
    ...sample,
    request: `${sample.way} ${sample.kind}`,
    answer: sample.ok ? "acknowledged" : "failed",
  }));
  return svg({
    height: 260,
    layer: [
      {
        data: { values },
        transform: [
          { bin: { step: POINT_SECONDS }, field: "second", as: ["begin", "end"] },
          { aggregate: [{ op: "max", field: "ms", as: "ms" }], groupby: ["request", "answer", "begin"] },
        ],
        mark: { type: "point", filled: true, opacity: 0.55 },
        encoding: {
          x: { field: "begin", ...SECONDS },
          y: { field: "ms", type: "quantitative", scale: { type: "log" }, title: "latency from due time, ms" },
          color: { field: "request", type: "nominal", title: null },
          // A failure among hundreds of points is what one looks for.
          size: { condition: { test: "datum.answer === 'failed'", value: 60 }, value: 9 },
          shape: {
            field: "answer",
            type: "nominal",
            title: null,
            scale: { domain: ["acknowledged", "failed"], range: ["circle", "cross"] },
          },
        },
      },
      rules(marks),
    ],
  });
}

/** Acknowledgements a second over time: an outage is a hole. */
export async function ratePlot(samples: Sample[], marks: Mark[]): Promise<string> {
  const values = samples
    .filter((sample) => sample.ok)
    .map((sample) => ({ request: `${sample.way} ${sample.kind}`, second: sample.second + sample.ms / 1000 }));
  return svg({
    height: 180,
    layer: [
      {
        data: { values },
        transform: [
          { bin: { step: BIN_SECONDS }, field: "second", as: ["begin", "end"] },
          { aggregate: [{ op: "count", as: "count" }], groupby: ["request", "begin"] },
          { impute: "count", key: "begin", value: 0, groupby: ["request"] },
          { calculate: `datum.count / ${BIN_SECONDS}`, as: "rate" },
        ],
        mark: { type: "line", interpolate: "step-after", strokeWidth: 1.2 },
        encoding: {
          x: { field: "begin", ...SECONDS },
          // What has waited comes all at once, and would flatten everything else.
          y: { field: "rate", type: "quantitative", scale: { type: "symlog" }, title: "acknowledged per second" },
          color: { field: "request", type: "nominal", title: null },
        },
      },
      rules(marks),
    ],
  });
}

/** The outage of each run, writes and reads. */
export async function runsPlot(runs: { run: number; kind: string; seconds: number }[]): Promise<string> {
  return svg({
    height: 140,
    data: { values: runs },
    mark: { type: "point", filled: true, size: 60 },
    encoding: {
      x: { field: "seconds", type: "quantitative", title: "outage, seconds", scale: { zero: true } },
      y: { field: "kind", type: "nominal", title: null },
      color: { field: "run", type: "ordinal", title: "run" },
    },
  });
}
