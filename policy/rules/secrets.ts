import { SECRET_ENV_ANNOTATION } from "../../config/annotations";
import { check, eachContainer, eachWorkload, listed } from "../engine/checks";
import type { Rule } from "../engine/rule";
import { accountName, carriesToken, rightsOf } from "../graph/accounts";
import type { Graph } from "../graph/graph";
import type { EnvVar } from "../graph/types";
import type { Workload } from "../graph/workload";

const CREDENTIAL_NAME =
  /(^|[_.-])(pass(word|wd|phrase)?|secret|token|api[_-]?key|private[_-]?key|access[_-]?key|credentials?)($|[_.-])/i;
/** Names that say where a credential is rather than what it is. */
const REFERENCE_NAME = /([_.-](file|path|dir|name|ref|url|uri|host|ttl|seconds))$/i;
const PRIVATE_KEY = /-----BEGIN [A-Z ]*PRIVATE KEY-----/;
const URL_WITH_PASSWORD = /\b[a-z][a-z0-9+.-]*:\/\/[^\s:/@]+:(?!\$|<|\{)[^\s:/@$]+@/i;

/** Whether a named value is a credential in clear, judged by its name and its shape. */
function isCredential(name: string, value: string | undefined): boolean {
  if (!value) return false;
  if (PRIVATE_KEY.test(value) || URL_WITH_PASSWORD.test(value)) return true;
  return CREDENTIAL_NAME.test(name) && !REFERENCE_NAME.test(name) && !value.startsWith("/") && !/^\$[({]/.test(value);
}

/** Variables that a workload's pods say they have from Secrets. */
function namedVariables({ template }: Workload): string[] {
  try {
    const names: unknown = JSON.parse(template.metadata?.annotations?.[SECRET_ENV_ANNOTATION] ?? "[]");
    return Array.isArray(names) ? names : [];
  } catch {
    return [];
  }
}

/** What is wrong with a variable that has its value from a Secret; undefined if nothing is. */
function wrongVariable({ name = "", valueFrom }: EnvVar, workload: Workload, graph: Graph): string | undefined {
  if (!namedVariables(workload).includes(name)) return "takes its value from a Secret";
  const secret = graph.find("Secret", workload.namespace, valueFrom?.secretKeyRef?.name ?? "");
  if (!secret) return "takes its value from a Secret that is not declared here";
  return secret.field<boolean>("immutable") === true
    ? undefined
    : "takes its value from a Secret that can change under it, which no pod would notice";
}

/** Where passwords and tokens may be. */
export const secretRules: Rule[] = [
  {
    id: "secrets-as-files",
    title: "Secrets are mounted as files, or in the environment by name and for good",
    why:
      "An environment is inherited by every child process and ends up in crash reports and debug pages. A pod reads " +
      "it once: a Secret that changes under its name leaves the old value in use.",
    fix:
      "Mount the Secret as a volume and hand the program the file's path. For a program that reads its environment " +
      `only, name the variables in the pods' annotation \`${SECRET_ENV_ANNOTATION}\` (components do it: \`secretEnv\`), ` +
      "and take them from an immutable Secret without `metadata.name`.",
    scope: "graph",
    checks: eachWorkload(function* (workload, graph): Iterable<string> {
      for (const { spec, path } of workload.containers()) {
        for (const [index, variable] of (spec.env ?? []).entries()) {
          if (!variable.valueFrom?.secretKeyRef) continue;
          const wrong = wrongVariable(variable, workload, graph);
          if (wrong) yield `${path}.env[${index}] ${wrong}`;
        }
        for (const [index, source] of (spec.envFrom ?? []).entries())
          if (source.secretRef) yield `${path}.envFrom[${index}] takes all of a Secret`;
      }
    }),
  },
  {
    id: "no-literal-credential",
    title: "No credential stands in clear in a variable or a ConfigMap",
    why: "Whoever may read a Deployment or a ConfigMap, or the repository they come from, has the password.",
    fix: "Put it into a Secret (from a secret output, not a literal) and mount that.",
    scope: "object",
    *checks(graph) {
      yield* eachContainer(function* ({ spec, path }): Iterable<string> {
        for (const [index, { name = "", value }] of (spec.env ?? []).entries()) {
          if (isCredential(name, value)) yield `${path}.env[${index}] holds a credential in clear`;
        }
      })(graph, {});
      for (const configMap of graph.ofKind("ConfigMap")) {
        const data = (): Record<string, string> => configMap.field("data") ?? {};
        yield* listed(configMap.resource, () =>
          Object.keys(data()).map((key) =>
            check(configMap.resource, () =>
              isCredential(key, data()[key]) ? `data[${key}] holds a credential in clear` : undefined,
            ),
          ),
        );
      }
    },
  },
  {
    id: "token-only-where-used",
    title: "Only pods that have rights carry an API token, and never the default account's",
    why:
      "A token in a pod that needs none is what an intruder uses first; rights on the default account go to every " +
      "pod that names none.",
    fix:
      "Set `automountServiceAccountToken: false`; where the API is used, a ServiceAccount of its own with a " +
      "RoleBinding.",
    scope: "graph",
    checks: eachWorkload(function* (workload, graph): Iterable<string> {
      if (!carriesToken(workload, graph)) return;
      if (accountName(workload) === "default") yield `${workload.podPath} carries the default account's token`;
      else if (!rightsOf(workload, graph).bound)
        yield `${workload.podPath} carries a token of an account that no binding here gives any right`;
    }),
  },
];
