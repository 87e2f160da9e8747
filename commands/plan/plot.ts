import { writeFileSync } from "node:fs";
import { View, parse } from "vega";
import { compile, type TopLevelSpec } from "vega-lite";
import { resolveLoad } from "../../planner/plan/load";
import { compareDisciplines, type StackPlan } from "../../planner/stack";

/** Points of each curve, from a twentieth of what the pods can do to nearly all of it. */
const POINTS = 48;

/**
 * Draws the latency of the promised percentile over the load, for the pods that the peak needs, with one curve for each
 * balancing algorithm.
 *
 * @param path of the SVG file to write
 */
export async function writePlot(plan: StackPlan, path: string): Promise<void> {
  const {
    request: { slo, topology },
    web,
    cheapest,
  } = plan;
  const load = resolveLoad(plan.request.load);
  const pods = web.neededAtPeak;
  const most = (plan.limits.stable / web.maxReplicas) * pods;
  const values = Array.from({ length: POINTS }, (_, i) => (most * (i + 1)) / (POINTS + 1)).flatMap((rate) =>
    compareDisciplines(plan.request.load, slo, { ...topology, podCores: cheapest.podCores }, pods, rate).map(
      ({ discipline, promisedMs }) => ({ discipline, rate, promisedMs }),
    ),
  );
  const rules = [
    { rate: load.rate, label: "ordinary rate" },
    { rate: load.peakRate, label: "peak" },
  ];
  const spec: TopLevelSpec = {
    $schema: "https://vega.github.io/schema/vega-lite/v6.json",
    width: 640,
    height: 360,
    background: "white",
    title: {
      text: `p${slo.percentile} of ${pods} pods, all that are left of ${web.maxReplicas} with a zone lost`,
      subtitle: "by how the balancer spreads requests",
    },
    layer: [
      {
        data: { values },
        mark: { type: "line", clip: true, strokeWidth: 2 },
        encoding: {
          x: { field: "rate", type: "quantitative", title: "requests per second", scale: { nice: false } },
          y: {
            field: "promisedMs",
            type: "quantitative",
            title: `p${slo.percentile}, milliseconds`,
            scale: { domain: [0, slo.latencyMs * 2] },
          },
          color: {
            field: "discipline",
            type: "nominal",
            title: null,
            sort: ["shared", "leastconn", "roundrobin", "source"],
          },
        },
      },
      {
        data: { values: [{ y: slo.latencyMs }] },
        mark: { type: "rule", strokeDash: [6, 4] },
        encoding: { y: { field: "y", type: "quantitative" } },
      },
      {
        data: { values: [{ y: slo.latencyMs }] },
        mark: { type: "text", align: "left", dx: 4, dy: -6, text: "promised" },
        encoding: { y: { field: "y", type: "quantitative" }, x: { value: 0 } },
      },
      {
        data: { values: rules },
        mark: { type: "rule", color: "#888" },
        encoding: { x: { field: "rate", type: "quantitative" } },
      },
      {
        data: { values: rules },
        mark: { type: "text", align: "left", dx: 4, dy: 10, color: "#555" },
        encoding: { x: { field: "rate", type: "quantitative" }, y: { value: 0 }, text: { field: "label" } },
      },
    ],
  };
  const view = new View(parse(compile(spec).spec), { renderer: "none" });
  writeFileSync(path, await view.toSVG());
}
