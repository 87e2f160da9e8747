import { join } from "node:path";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import ts from "typescript";
import * as holdfast from "../../components";
import { registeredBy, type RegisteredResource } from "../../graph/registered";
import { root } from "./blocks";

/**
 * Names that an excerpt without imports may use. On one line, so that the excerpt's line numbers are off by one only.
 */
const PREAMBLE = [
  'import * as k8s from "@pulumi/kubernetes"; import * as pulumi from "@pulumi/pulumi"; import * as holdfast ' +
    'from "holdfast";',
  `const { ${Object.keys(holdfast).join(", ")} } = holdfast;`,
  "const observe: holdfast.Observability[] = [];",
  'const opts: pulumi.ComponentResourceOptions = { provider: new k8s.Provider("kubernetes", { context: "nowhere" }) };',
  `const namespace = "team"; const image: string = "registry.example.com/app@sha256:${"a".repeat(64)}";`,
].join(" ");

/** A block as a program: an excerpt gets the preamble. */
const programOf = (text: string): string => (/^import /m.test(text) ? text : `${PREAMBLE}\n${text}`);

/** Checks the types of blocks against the components as they are. @returns for each what the compiler says */
export function typeErrors(blocks: string[]): string[][] {
  const { config } = ts.readConfigFile(join(root, "tsconfig.json"), ts.sys.readFile) as { config: object };
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  Object.assign(options, {
    noCheck: false,
    noEmit: true,
    paths: { ...options.paths, holdfast: [join(root, "components/index.ts")] },
  });
  const texts = new Map(blocks.map((text, n) => [join(root, `block-${n}.ts`), programOf(text)]));
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists } = host;
  host.fileExists = (file) => texts.has(file) || fileExists(file);
  host.getSourceFile = (file, target, ...more) => {
    const text = texts.get(file);
    return text === undefined ? getSourceFile(file, target, ...more) : ts.createSourceFile(file, text, target);
  };
  const program = ts.createProgram([...texts.keys()], options, host);
  return [...texts.keys()].map((file) => {
    const source = program.getSourceFile(file);
    return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)].map(
      ({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n"),
    );
  });
}

const MODULES: Record<string, unknown> = { holdfast, "@pulumi/kubernetes": k8s, "@pulumi/pulumi": pulumi };

/** What a block asks to be configured, each with some value. */
function configurationOf(text: string): Record<string, string> {
  const keys = [...text.matchAll(/\.require(?:Secret)?\("(\w+)"\)/g)].map(([, key]) => `holdfast:${key}`);
  return Object.fromEntries(keys.map((key) => [key, "configured"]));
}

/** Runs a block under Pulumi's mocks. @returns what it declares */
export async function rendered(text: string): Promise<RegisteredResource[]> {
  const { outputText } = ts.transpileModule(programOf(text), {
    compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 },
  });
  const run = new Function("require", "exports", outputText) as (
    require: (name: string) => unknown,
    exports: object,
  ) => void;
  return registeredBy(() => {
    pulumi.runtime.setAllConfig(configurationOf(text));
    run((name) => MODULES[name], {});
  });
}
