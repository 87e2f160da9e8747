import { DashboardBuilder, DatasourceVariableBuilder } from "@grafana/grafana-foundation-sdk/dashboard";
import { DataqueryBuilder } from "@grafana/grafana-foundation-sdk/prometheus";
import { PanelBuilder } from "@grafana/grafana-foundation-sdk/timeseries";
import type { Query } from "./panel";

const DATASOURCE = { type: "prometheus", uid: "${datasource}" };

/**
 * A time-series panel, half the dashboard's width.
 *
 * @param unit Grafana's name of the unit: `s`, `bytes`, `reqps`, `percentunit`, `short`
 */
export function panel(title: string, unit: string, ...queries: Query[]): PanelBuilder {
  const builder = new PanelBuilder().title(title).unit(unit).min(0).span(12).height(8).datasource(DATASOURCE);
  return queries.reduce(
    (built, [expr, legend]) => built.withTarget(new DataqueryBuilder().expr(expr).legendFormat(legend)),
    builder,
  );
}

/** A component's dashboard as plain JSON; the Prometheus it reads is chosen in Grafana. */
export function dashboard(name: string, title: string, panels: PanelBuilder[]): object {
  const builder = new DashboardBuilder(`Holdfast / ${title}`)
    .uid(`holdfast-${name}`)
    .tags(["holdfast"])
    .refresh("1m")
    .time({ from: "now-3h", to: "now" })
    .withVariable(new DatasourceVariableBuilder("datasource").type("prometheus"));
  return JSON.parse(JSON.stringify(panels.reduce((built, one) => built.withPanel(one), builder).build())) as object;
}
