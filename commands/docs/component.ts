import { readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { parse } from "yaml";
import type { AlertRule, RuleGroup } from "../../components/common/observability";
import { DEFAULTS as app } from "../../components/app/settings";
import { DEFAULTS as balancer } from "../../components/load-balancer/settings";
import { DEFAULTS as monitoring } from "../../components/monitoring/settings";
import { DEFAULTS as postgres } from "../../components/postgres/settings";
import { DEFAULTS as redis } from "../../components/redis/settings";
import { scheduledJobAlerts } from "../../components/scheduled-job/alerts";
import { DEFAULTS as scheduledJob } from "../../components/scheduled-job/settings";
import { DEFAULTS as web } from "../../components/web-service/settings";
import { workerAlerts } from "../../components/worker/alerts";
import { DEFAULTS as worker } from "../../components/worker/settings";
import type { RegisteredResource } from "../../graph/registered";
import { kindOf } from "../../graph/workloads";
import { repository } from "../../local/paths";
import { Declarations, type Property } from "./declarations";
import { table } from "./sections";

/** Default values by interface and property, as each component's `settings.ts` exports them. */
export type Defaults = Record<string, object>;

/** A component and the page that describes it. */
export interface Component {
  className: string;
  /** Folder below `components/`, and name of the page. */
  folder: string;
  /** Its name in the stack; undefined where this repository's own stack has none. */
  name?: string;
  /** What it alerts on, where the stack has none. @default read out of the stack */
  rules?: RuleGroup[];
  /** Values that its code uses where an argument is left out. */
  defaults: Defaults;
}

/** The components, in the order in which a request meets them. */
export const COMPONENTS: Component[] = [
  { className: "LoadBalancer", folder: "load-balancer", name: "load-balancer", defaults: balancer },
  { className: "WebService", folder: "web-service", name: "web-app", defaults: web },
  { className: "Postgres", folder: "postgres", name: "postgres", defaults: postgres },
  { className: "Redis", folder: "redis", name: "redis", defaults: redis },
  { className: "Monitoring", folder: "monitoring", name: "monitoring", defaults: monitoring },
  { className: "App", folder: "app", defaults: app, rules: [] },
  { className: "Worker", folder: "worker", defaults: worker, rules: [workerAlerts("worker")] },
  {
    className: "ScheduledJob",
    folder: "scheduled-job",
    defaults: scheduledJob,
    rules: [scheduledJobAlerts("job", scheduledJob.ScheduledJobArgs.deadlineSeconds)],
  },
];

function declarationsOf({ folder }: Component): Declarations {
  return new Declarations([join(repository, "components", folder), join(repository, "components/common")]);
}

/** A value as a program writes it. */
function literal(value: unknown): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(literal).join(", ")}]`;
  const key = (name: string) => (/^\w+$/.test(name) ? name : JSON.stringify(name));
  return `{ ${Object.entries(value)
    .map(([name, inner]) => `${key(name)}: ${literal(inner)}`)
    .join(", ")} }`;
}

/** The default of an argument: the code's own value, and the words of its `@default` tag. */
function defaultText({ name, optional, type, byDefault }: Property, of: string, defaults: Defaults): string {
  const value = (defaults[of] as Record<string, unknown> | undefined)?.[name];
  if (value !== undefined) return [`\`${literal(value)}\``, ...(byDefault ? [byDefault] : [])].join(", ");
  if (!optional) return "required";
  const inner = Object.keys(defaults).find((one) => new RegExp(`\\b${one}\\b(?!\\[)`).test(type));
  return byDefault ?? (inner ? `see \`${inner}\`` : "none");
}

/** Tables of the component's arguments, and of the interfaces that their types name. */
export function argumentsOf(component: Component): string {
  const declarations = declarationsOf(component);
  const sections: string[] = [];
  const done = new Set<string>();
  const describe = (name: string, title: string): void => {
    if (done.has(name)) return;
    done.add(name);
    const properties = declarations.properties(name);
    sections.push(
      `${title}${table(
        ["argument", "type", "default", "meaning"],
        properties.map((property) => [
          `\`${property.name}\``,
          `\`${property.type}\``,
          defaultText(property, name, component.defaults),
          property.description || declarations.description(property.type),
        ]),
      )}`,
    );
    for (const inner of declarations.mentioned(properties))
      describe(inner, `### ${inner}\n\n${declarations.description(inner)}\n\n`);
  };
  describe(`${component.className}Args`, "");
  return sections.join("\n\n");
}

/** Table of the component's outputs. */
export function outputsOf(component: Component): string {
  return table(
    ["output", "type", "meaning"],
    declarationsOf(component)
      .outputs(component.className)
      .map(({ name, type, description }) => [`\`${name}\``, `\`${type}\``, description]),
  );
}

/** Table of the objects that the component makes in the dev environment, by kind. */
export function makes(component: Component, graph: RegisteredResource[]): string {
  const top = graph.find(
    ({ type, name }) => type === `holdfast:index:${component.className}` && name === component.name,
  );
  const below = (urn: string): RegisteredResource[] =>
    graph.filter(({ parent }) => parent === urn).flatMap((child) => [child, ...below(child.urn)]);
  const children = below(top?.urn ?? "").filter(({ type }) => !type.startsWith("holdfast:"));
  const kinds = [...new Set(children.map(kindOf))].sort();
  const names = (kind: string): string[] =>
    [
      ...new Set(
        children.filter((child) => kindOf(child) === kind).map(({ props, name }) => props.metadata?.name ?? name),
      ),
    ].sort();
  return table(
    ["kind", "names"],
    kinds.map((kind) => [
      kind,
      names(kind)
        .map((name) => `\`${name}\``)
        .join(", "),
    ]),
  );
}

/** The component as `stack.ts` declares it. */
export function usage({ className }: Component): string {
  const source = ts.createSourceFile(
    "stack.ts",
    readFileSync(join(repository, "stack.ts"), "utf8"),
    ts.ScriptTarget.ES2022,
    true,
  );
  const expression = (node: ts.Node): ts.Node | undefined =>
    ts.isNewExpression(node) && node.expression.getText() === className ? node : node.forEachChild(expression);
  const text = source.forEachChild(expression)?.getText() ?? "";
  return `\`\`\`ts\n${text.replace(/^ {2}/gm, "")};\n\`\`\``;
}

/** Rules of a component, from the rule files that Prometheus reads; a file without another's name is Monitoring's. */
function rulesInStack({ className, name }: Component, graph: RegisteredResource[]): RuleGroup[] {
  const files = graph.find((one) => kindOf(one) === "ConfigMap" && one.name === "prometheus-rules")?.props
    .data as Record<string, string>;
  const others = COMPONENTS.map((component) => `${component.name}.yml`);
  const own = Object.keys(files).filter((file) =>
    className === "Monitoring" ? !others.includes(file) : file === `${name}.yml`,
  );
  return own.flatMap((file) => (parse(files[file] ?? "") as { groups: RuleGroup[] }).groups);
}

/** Table of the component's alerts. */
export function alertsOf(component: Component, graph: RegisteredResource[]): string {
  const rules = (component.rules ?? rulesInStack(component, graph)).flatMap((group) => group.rules);
  return table(
    ["alert", "severity", "after", "says"],
    rules
      .filter((rule): rule is AlertRule => "alert" in rule)
      .map(({ alert, labels, for: after, annotations }) => [
        `\`${alert}\``,
        labels.severity,
        after ?? "at once",
        annotations.summary,
      ]),
  );
}
