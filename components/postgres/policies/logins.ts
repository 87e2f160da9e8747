import { USER_ANNOTATION } from "../../../config/addresses";
import { type Answer, eachWorkload } from "../../../policy/engine/checks";
import type { Rule } from "../../../policy/engine/rule";
import type { Graph } from "../../../policy/graph/graph";
import { secretNames, spokenTexts, variablesOf } from "../../../policy/graph/references";
import type { Workload } from "../../../policy/graph/workload";

/** Variables that hold a user's name. */
const USER_VARIABLE = /user(name)?$/i;

/** Users that a workload has the passwords of: those that its Secrets are marked with. */
function usersOf(workload: Workload, graph: Graph): string[] {
  return secretNames(workload).flatMap(
    (name) => graph.find("Secret", workload.namespace, name)?.metadata.annotations?.[USER_ANNOTATION] ?? [],
  );
}

/**
 * Whether a workload names a log-in of another generation than the one whose password it has: `app` instead of `app_2`.
 */
function namesAnother(workload: Workload, graph: Graph): boolean {
  const users = usersOf(workload, graph);
  const inUrls = spokenTexts(workload, graph).flatMap((text) =>
    [...text.matchAll(/:\/\/(\w+)[:@]|\buser=(\w+)/g)].map(([, url, word]) => url ?? word!),
  );
  const base = (user: string): string => user.replace(/_\d+$/, "");
  return [...variablesOf(workload, graph, USER_VARIABLE), ...inUrls].some(
    (named) => !users.includes(named) && users.some((user) => base(user) === base(named)),
  );
}

/** Who logs in as whom. */
export const loginRules: Rule[] = [
  {
    id: "database-user-from-its-secret",
    title: "A program logs in by the user whose password it has",
    why:
      "Each generation of passwords has a user of its own; a name that was written down is refused once the " +
      "generation is raised.",
    fix: "Take the name from where the Secret comes from: `appUser`, `write.url`, or the Secret's key `username`.",
    prevents: ["https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotating-secrets_strategies.html"],
    scope: "graph",
    checks: eachWorkload(
      (workload, graph): Answer =>
        namesAnother(workload, graph)
          ? "names a database user of another password generation than the one in its Secret"
          : undefined,
    ),
  },
];
