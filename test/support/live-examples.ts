import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import ts from "typescript";
import * as holdfast from "../../components";
import { CHANGES } from "../../components/changes";
import type { Change } from "../../components/common/changes";
import { changed } from "./changed";

/** Name of a component that {@link CHANGES} covers. */
export type Component = keyof typeof CHANGES;

/** The package's exports, with components whose arguments a test edits. */
export function watched(edits: Partial<Record<Component, (args: any) => any>>): typeof holdfast {
  const edited = Object.entries(edits).map(([name, edit]) => {
    // biome-ignore lint/performance/noDynamicNamespaceImportAccess: the examples name the component to edit.
    const original = holdfast[name as Component] as new (name: string, args: any, opts: any) => object;
    return [
      name,
      class extends original {
        constructor(name: string, args: any, opts: any) {
          super(name, edit(args), opts);
        }
      },
    ];
  });
  return { ...holdfast, ...Object.fromEntries(edited) };
}

/** Runs an example's source. @returns its exports */
export function example(name: string, components: typeof holdfast): Record<string, unknown> {
  const text = readFileSync(join(__dirname, "../../examples", name, "index.ts"), "utf8");
  const { outputText } = ts.transpileModule(text, {
    compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 },
  });
  const modules: Record<string, unknown> = {
    holdfast: components,
    "@pulumi/kubernetes": k8s,
    "@pulumi/pulumi": pulumi,
  };
  const exports = {};
  new Function("require", "exports", outputText)((module: string) => modules[module], exports);
  return exports;
}

/** Labels of the pod that calls the web service during the test. */
export const PROBER = { app: "prober" };
/** Secrets that the changed arguments name; the test makes them. */
export const OTHER_SECRETS = ["other", "owner"];

/** A program for the examples' web services: answers every request, on both ports that a step may use. */
const SERVE =
  "process.on('SIGTERM', () => process.exit()); for (const port of [8000, 8080]) " +
  "require('http').createServer((_, answer) => answer.end('hello')).listen(port)";
const peers = [{ namespace: "other", labels: { app: "another" } }];

/** Values for a real cluster, where those of `CHANGES` would not work. */
const LIVE: Record<string, (args: any) => unknown> = {
  "WebService image": ({ image }) => pulumi.output(image).apply(withTag),
  "WebService command": () => ["node", "-e", `${SERVE} // changed`],
  "WebService clients": ({ namespace }) => [{ namespace, labels: PROBER }, ...peers],
  "WebService topology": () => ({ zones: 2 }),
  "WebService drainSeconds": () => 12,
  "Postgres image": ({ image }) => pulumi.output(image).apply(withTag),
};

/** Changes that no step makes, and why. */
const NOT_LIVE: Record<string, string> = {
  "WebService protocol": "the program that stands in for the user's speaks HTTP",
  "Postgres replicas": "five members don't fit beside the stack on the cluster of the tests",
  "Postgres backup.objectStore": "there is no object store",
};

/** Changes of the second step: they contradict the first step, or move the port of the prober. */
const SECOND = ["WebService port", "Redis strictSpread"];

/** Changes that the second step undoes: a fourth server would find no node of its own. */
const FIRST_ONLY = ["Redis replicas"];

/** The same image under another name. */
const withTag = (image: string): string => image.replace("@", ":changed@");

/** `base`: the example itself, with the prober; `first`: all changes possible at once; `second`: the rest. */
export type Step = "base" | "first" | "second";

/** The changes of a component up to a step, in order, without those that have to remove objects. */
function changesBy(component: Component, step: Step): Change[] {
  if (step === "base") return [];
  const left = step === "first" ? SECOND : FIRST_ONLY;
  return CHANGES[component].filter(({ argument, takes }) => {
    const name = `${component} ${argument}`;
    return (
      takes === undefined &&
      !left.includes(name) &&
      !Object.keys(NOT_LIVE).some((key) => name === key || name.startsWith(`${key}.`))
    );
  });
}

const edit =
  (component: Component, step: Step) =>
  (original: any): any => {
    const base =
      component === "WebService"
        ? { ...original, command: ["node", "-e", SERVE], clients: [{ namespace: original.namespace, labels: PROBER }] }
        : original;
    const args = changesBy(component, step).reduce((before, change) => {
      const live = LIVE[`${component} ${change.argument}`];
      return changed(before, live ? { ...change, to: live(original) } : change);
    }, base);
    return args.migration ? { ...args, migration: { ...args.migration, command: ["node", "-e", ""] } } : args;
  };

/** An example in one of its steps. */
export function liveExample(name: string, step: Step): Record<string, unknown> {
  const edited = (["WebService", "Postgres", "Redis"] as const).map((component) => [component, edit(component, step)]);
  return example(name, watched(Object.fromEntries(edited)));
}

/** Several services, which may call one port of one address outside of the cluster: `OUTSIDE` is `address:port`. */
export function liveSeveralServices(): Record<string, unknown> {
  const [address, port] = (process.env["OUTSIDE"] ?? "").split(":");
  const outside = [{ cidr: `${address}/32`, port: Number(port), why: "the server of the test" }];
  return example("several-services", watched({ WebService: (args) => ({ ...args, outside }) }));
}

/**
 * The Django shop beside the stack under test, which has a monitoring already, and leaves so little of a node of two
 * cores that one more pod of a rollout finds a place only if it asks for less.
 */
export function liveDjangoShop(): Record<string, unknown> {
  const small = ({ resources }: any) => ({ ...resources, requests: { ...resources.requests, cpu: "30m" } });
  return example("django-shop", watched({ App: (args) => ({ ...args, monitoring: false, resources: small(args) }) }));
}
