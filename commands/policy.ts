import { readFileSync } from "node:fs";
import { text } from "node:stream/consumers";
import { Command, Option } from "commander";
import { evaluate } from "../policy/engine/evaluate";
import { ENVIRONMENTS, type Environment } from "../policy/engine/rule";
import { Refusal } from "../config/refusal";
import { parsePolicyConfig } from "../policy/manifests/config";
import { readManifests } from "../policy/manifests/read";
import { asJson } from "../policy/report/json";
import { asSarif } from "../policy/report/sarif";
import { count, sentence } from "../policy/report/summary";
import { asTable } from "../policy/report/table";
import { RULES } from "./policy/rules";
import { version } from "../policy/package.json";

/** Exit codes: a mandatory rule is broken; what was to be checked cannot be read. */
const VIOLATIONS = 1;
const UNREADABLE = 2;
const DEFAULT_WIDTH = 140;

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
    `\nExit code: 0 no mandatory rule is broken, ${VIOLATIONS} one is, ${UNREADABLE} something cannot be ` +
      "read.\nExample: helm template my-chart | npm run -s policy -- -",
  )
  .configureHelp({ commandUsage: () => "npm run policy -- [options] <files...>" })
  .showHelpAfterError("(--help shows every option)")
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : UNREADABLE));

async function read(file: string): Promise<ReturnType<typeof readManifests>> {
  return file === "-"
    ? readManifests(await text(process.stdin), "stdin")
    : readManifests(readFileSync(file, "utf8"), file);
}

try {
  program.parse();
  const { env, format, config } = program.opts<Options>();
  const resources = (await Promise.all(program.args.map(read))).flat();
  if (resources.length === 0) throw new Refusal(`${program.args.join(", ")}: no Kubernetes object in it`);
  const findings = evaluate(RULES, resources, {
    environment: env,
    config: config ? parsePolicyConfig(readFileSync(config, "utf8"), RULES) : {},
  });
  if (format === "json") console.log(asJson(findings, resources.length));
  else if (format === "sarif") console.log(asSarif(findings, RULES, version));
  else
    console.log(
      [
        asTable(findings, process.stdout.columns ?? DEFAULT_WIDTH),
        sentence(count(findings), resources.length, RULES.length),
      ]
        .filter(Boolean)
        .join("\n\n"),
    );
  process.exitCode = count(findings).mandatory > 0 ? VIOLATIONS : 0;
} catch (error) {
  const { code, path } = error as NodeJS.ErrnoException;
  if (error instanceof Refusal) console.error(error.message);
  else if (code === "ENOENT" || code === "EISDIR" || code === "EACCES")
    console.error(`${path ?? program.args.join(", ")} cannot be read: ${code}`);
  else throw error;
  process.exitCode = UNREADABLE;
}
