import { quantity } from "../graph/quantity";
import { KEPT_FREE_CONNECTIONS } from "../planner/plan/pools";
import { POOLER_PODS } from "../planner/plan/sizes";
import { hostAndPort, isPrivateName } from "./addresses";
import { setCommand, type Problem } from "./errors";
import { KEYS, type KeyName, type Values } from "./keys";
import type { Workload } from "./profiles";

/** The problem of a value that is allowed by itself, but contradicts another key. */
function against(values: Partial<Values>, key: KeyName, allowed: string, suggestion: string | number): Problem {
  return { key, value: String(values[key]), allowed, type: setCommand(key, String(suggestion)) };
}

/** The problem of a webhook's address. The address is a secret, so it is not repeated. */
function webhookProblem(url: string): Problem[] {
  const to = hostAndPort(url);
  if (url === "" || (to !== undefined && !isPrivateName(to.host))) return [];
  const allowed =
    "an http or https URL of a public host or of an address; a name that only a private network knows can't be " +
    "let through by name";
  return [{ key: "alertWebhook", allowed, type: setCommand("alertWebhook", KEYS.alertWebhook.example) }];
}

/** Contradictions in the declared load, checked before the planner uses it. */
export function workloadContradictions(values: Workload): Problem[] {
  const found: Problem[] = [];
  if (values.loadPeakRate < values.loadRate)
    found.push(against(values, "loadPeakRate", `at least loadRate (${values.loadRate})`, values.loadRate));
  if (values.loadCpuMs > values.loadServiceMs)
    found.push(against(values, "loadCpuMs", `at most loadServiceMs (${values.loadServiceMs})`, values.loadServiceMs));
  return found;
}

/** All contradictions in a complete set of values. */
export function contradictions(values: Values): Problem[] {
  const found: Problem[] = [...webhookProblem(values.alertWebhook)];
  const must = (right: boolean, problem: Problem) => {
    if (!right) found.push(problem);
  };
  const notAbove = (low: KeyName, high: KeyName) =>
    must(
      quantity(String(values[low])) <= quantity(String(values[high])),
      against(values, high, `at least ${low} (${values[low]})`, values[low]),
    );

  notAbove("webMinReplicas", "webMaxReplicas");
  notAbove("webCpuRequest", "webCpuLimit");
  notAbove("webMemoryRequest", "webMemoryLimit");
  must(values.zones <= values.nodes, against(values, "zones", `at most nodes (${values.nodes})`, values.nodes));

  const pooled = (values.postgresMaxConnections - KEPT_FREE_CONNECTIONS) / POOLER_PODS;
  must(
    values.postgresPoolSize <= pooled,
    against(
      values,
      "postgresPoolSize",
      `at most ${Math.floor(pooled)}: ${POOLER_PODS} pooler pods share postgresMaxConnections ` +
        `(${values.postgresMaxConnections}) less ${KEPT_FREE_CONNECTIONS}`,
      Math.max(Math.floor(pooled), 1),
    ),
  );

  if (values.environment !== "dev") {
    for (const key of ["webAppImage", "postgresImage"] as const) {
      must(
        values[key].includes("@sha256:"),
        against(
          values,
          key,
          `repository@sha256:digest in ${values.environment}, where nothing is built`,
          KEYS[key].example,
        ),
      );
    }
  }
  return found;
}
