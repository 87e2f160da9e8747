import type { AlertRule } from "../../common/observability";

/** An alert of the monitoring component's own; its runbook is a section of one of its pages. */
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
  /** Page and section under docs/runbooks/, for example `machines.md#cpu`. */
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
      runbook_url: `docs/runbooks/${spec.runbook}`,
    },
  };
}
