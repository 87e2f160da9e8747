const { join } = require("node:path");
const { buildSync } = require("esbuild");

// CrossGuard starts a pack under ts-node with every type checked, which takes seconds of CPU whenever a rule was changed and on a first
// run. Put together by esbuild, the pack's modules load in a tenth of a second; `npm run typecheck` checks their types.
const main = join(__dirname, "..", "commands", "policy", "pack.ts");
const { outputFiles } = buildSync({
  entryPoints: [main],
  bundle: true,
  packages: "external",
  platform: "node",
  format: "cjs",
  write: false,
  logLevel: "error",
});
module._compile(outputFiles[0].text, main);
