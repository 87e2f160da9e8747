import { readFileSync } from "node:fs";
import { text } from "node:stream/consumers";
import { Command, Option } from "commander";
import { evaluateRule } from "../policy/engine/evaluate";
import { ENVIRONMENTS, type Environment } from "../policy/engine/rule";
import { Refusal } from "../config/refusal";
import { Graph } from "../policy/graph/graph";
import { parsePolicyConfig } from "../policy/manifests/config";
import { type Manifests, readManifests } from "../policy/manifests/read";
import { asJson } from "../policy/report/json";
import { asSarif } from "../policy/report/sarif";
import { count, EXIT, exitCode, sentence } from "../policy/report/summary";
import { asTable } from "../policy/report/table";
import { RULES } from "./policy/rules";
import { trace } from "./support/trace";
import { version } from "../policy/package.json";

const DEFAULT_WIDTH = 140;
/** What the system says about a name that is no file to be read. */
const NO_FILE = ["ENOENT", "EISDIR", "EACCES", "ENOTDIR"];

interface Options {
  env: Environment;
  format: "table" | "json" | "sarif";
  config?: string;
}

const program = new Command("policy")
  .description("Check plain Kubernetes manifests with the rules of the policy pack.")
  .argument("<files...>", "YAML or JSON files; - is standard input")
  .addOption(new Option("--env <environment>", "whose levels apply").choices([...ENVIRONMENTS]).default("prod"))
  .addOption(new Option("--format <format>", "how to answer").choices(["table", "json", "sarif"]).default("table"))
  .option("--config <file>", "settings, levels and exemptions, in the format of pulumi's --policy-pack-config")
  .addHelpText(
    "after",
    `\nExit code, the highest that applies: 0 no mandatory rule is broken, ${EXIT.violations} one is, ` +
      `${EXIT.unread} something was not understood, ${EXIT.fault} the checker itself failed.\n` +
      "Example: helm template my-chart | npm run -s policy -- -",
  )
  .configureHelp({ commandUsage: () => "npm run policy -- [options] <files...>" })
  .showHelpAfterError("(--help shows every option)")
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : EXIT.unread));

async function read(file: string): Promise<Manifests> {
  return file === "-" ? readManifests(await text(process.stdin)) : readManifests(readFileSync(file, "utf8"), file);
}

async function check(): Promise<number> {
  program.parse();
  const { env, format, config: configFile } = program.opts<Options>();
  const files = await Promise.all(program.args.map(read));
  const resources = files.flatMap((file) => file.resources);
  const unread = files.flatMap((file) => file.unread);
  if (resources.length === 0 && unread.length === 0)
    throw new Refusal(`${program.args.join(", ")}: no Kubernetes object in it`);
  const config = configFile ? parsePolicyConfig(readFileSync(configFile, "utf8"), RULES) : {};
  const graph = new Graph(resources);
  const findings = RULES.flatMap((rule) => evaluateRule(rule, graph, { environment: env, config }));
  const judged = { objects: resources.length, unread, unknownKinds: graph.unknownKinds };
  const table = (): string =>
    [asTable(findings, process.stdout.columns ?? DEFAULT_WIDTH), sentence(count(findings), judged, RULES.length)]
      .filter(Boolean)
      .join("\n\n");
  if (format === "json") console.log(asJson(findings, judged));
  else if (format === "sarif") console.log(asSarif(findings, judged, RULES, version));
  else if (resources.length > 0) console.log(table());
  for (const { file, line, why } of unread) console.error(`${file}, line ${line}: not understood: ${why}`);
  return exitCode(count(findings), judged);
}

try {
  process.exitCode = await check();
} catch (error) {
  const { code = "", path = program.args.join(", ") } = error as NodeJS.ErrnoException;
  const why =
    error instanceof Refusal ? error.message : NO_FILE.includes(code) ? `${path} cannot be read: ${code}` : undefined;
  console.error(why ?? `This is a fault of the checker. Please report it with these lines:\n${trace(error)}`);
  process.exitCode = why === undefined ? EXIT.fault : EXIT.unread;
}
