import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { repository } from "../local/paths";
import { pages, sections } from "./docs/pages";
import { command, main } from "./support/cli";

// Required, not imported: the program and its components are CommonJS and find files by `__dirname`.
const { programGraph } = createRequire(import.meta.url)("../test/support/graph") as typeof import("../test/support/graph");

const program = command("docs", "Write the generated parts of the documentation anew: configuration, components, architecture.", false);

await main(async () => {
  program.parse();
  for (const [page, { is, should }] of pages(sections(await programGraph("dev")))) {
    if (is === should) continue;
    writeFileSync(join(repository, page), should);
    console.log(`written: ${page}`);
  }
});
