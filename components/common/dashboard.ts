import { DashboardBuilder, DatasourceVariableBuilder } from "@grafana/grafana-foundation-sdk/dashboard";
import { DataqueryBuilder } from "@grafana/grafana-foundation-sdk/prometheus";
import { PanelBuilder as TimeseriesBuilder } from "@grafana/grafana-foundation-sdk/timeseries";

/** One line, or family of lines, of a panel. */
export interface PanelQuery {
  /** PromQL without template variables, so that a test can run it as it stands. */
  expr: string;
  /** Legend, with `{{label}}` in it. */
  legend: string;
}

/** A time series panel. */
export interface Panel {
  title: string;
  /** Grafana unit id, for example `short`, `s`, `bytes`, `percentunit`, `reqps`. */
  unit: string;
  queries: PanelQuery[];
}

/** Eight of Grafana's 24 columns: three panels in a row. */
const PANEL_WIDTH = 8;
const PANEL_HEIGHT = 7;

/**
 * A dashboard of time series panels, three in a row.
 *
 * @param name the component's name; becomes `uid` and title `Holdfast / name`
 * @param panels in reading order; what a person needs first stands first
 */
export function dashboard(name: string, panels: Panel[]): object {
  const builder = new DashboardBuilder(`Holdfast / ${name}`)
    .uid(`holdfast-${name}`)
    .tags(["holdfast"])
    .refresh("1m")
    .time({ from: "now-3h", to: "now" })
    .timezone("browser")
    .withVariable(new DatasourceVariableBuilder("datasource").label("Data source").type("prometheus"));
  for (const panel of panels) {
    const view = new TimeseriesBuilder()
      .title(panel.title)
      .unit(panel.unit)
      .datasource({ type: "prometheus", uid: "${datasource}" })
      .span(PANEL_WIDTH)
      .height(PANEL_HEIGHT)
      .min(0);
    for (const query of panel.queries) view.withTarget(new DataqueryBuilder().expr(query.expr).legendFormat(query.legend));
    builder.withPanel(view);
  }
  return builder.build();
}
