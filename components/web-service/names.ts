import { selectorLabels } from "../common/labels";

/** Labels of a web service's pods, known before it exists, so that others can name it as their client. */
export const webServiceLabels = (name: string) => selectorLabels(name, "web");

/**
 * Labels of the pods that run its migration: not the service's own, or they would count for Service, PDB and
 * autoscaler.
 */
export const migrationLabels = (name: string) => selectorLabels(`${name}-migrate`, "migration");
