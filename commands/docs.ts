import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { repository } from "../local/paths";
import { pages, sections } from "./docs/pages";
import { command, main } from "./support/cli";

// Required, not imported: the program and its components are CommonJS and find files by `__dirname`.
const { declared } = createRequire(import.meta.url)("../test/support/declared") as typeof import("../test/support/declared");

const program = command("docs", "Write the generated parts of the documentation anew: configuration, components, architecture.", false);

await main(async () => {
  program.parse();
  for (const [page, { is, should }] of pages(sections(await declared()))) {
    if (is === should) continue;
    writeFileSync(join(repository, page), should);
    console.log(`written: ${page}`);
  }
});
