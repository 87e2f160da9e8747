import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { repository } from "../local/paths";
import { pages, sections } from "./docs/pages";
import { command, main } from "./support/cli";
import { declared } from "./support/program-graph";

const program = command(
  "docs",
  "Rewrite the generated parts of the documentation: configuration, components, architecture.",
  false,
);

await main(async () => {
  program.parse();
  for (const [page, { is, should }] of pages(sections(await declared()))) {
    if (is === should) continue;
    writeFileSync(join(repository, page), should);
    console.log(`written: ${page}`);
  }
});
