import type { AlertRule } from "../../common/observability";

/** An alert of the monitoring component's own; its runbook is a section of its page. */
interface AlertSpec {
  alert: string;
  severity: AlertRule["labels"]["severity"];
  /** Labels beside the severity, which tell alerts of the same name apart. @default none */
  labels?: Record<string, string>;
  /** How long the expression must hold. @default at once */
  for?: string;
  expr: string;
  summary: string;
  description?: string;
  /** Section of the component's runbook, for example `machine-cpu`. */
  runbook: string;
}

/** The rule as it stands in a rule file. */
export function alert(spec: AlertSpec): AlertRule {
  return {
    alert: spec.alert,
    expr: spec.expr,
    ...(spec.for === undefined ? {} : { for: spec.for }),
    labels: { severity: spec.severity, ...spec.labels },
    annotations: {
      summary: spec.summary,
      ...(spec.description === undefined ? {} : { description: spec.description }),
      runbook_url: `components/monitoring/runbook.md#${spec.runbook}`,
    },
  };
}
