import { selectorLabels } from "../common/labels";

/** Labels of a job's pods, known before it exists, so that others can name it as their client. */
export function scheduledJobLabels(name: string) {
  return selectorLabels(name, "job");
}
