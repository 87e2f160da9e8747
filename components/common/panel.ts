/** One curve family of a panel: a PromQL expression, and the legend that tells its series apart. */
export type Query = [expr: string, legend: string];

/** A panel that a program adds to a component's dashboard, for metrics that only it has. */
export interface Panel {
  /** Its heading. */
  title: string;
  /** Grafana's name of the unit: `s`, `bytes`, `reqps`, `percentunit`, `short`. */
  unit: string;
  /**
   * Each a PromQL expression, and the legend that tells its series apart: `["queue_length{job=\"api\"}", "{{pod}}"]`.
   */
  queries: Query[];
}
