import { selectorLabels } from "../common/labels";

/** Labels of a worker's pods, known before it exists, so that others can name it as their client. */
export function workerLabels(name: string) {
  return selectorLabels(name, "worker");
}
