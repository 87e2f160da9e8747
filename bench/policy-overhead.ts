import { parseArgs } from "node:util";
import { execa } from "execa";
import { median } from "simple-statistics";
import { provideEngine } from "../local/provide";
import { openSession } from "../commands/support/session";
import { repository } from "../local/paths";

/**
 * The time that the policies add to a preview: the ratio of the medians of previews with and without the pack. Run it
 * on an idle machine: `npx tsx bench/policy-overhead.ts --env prod --runs 7`.
 */
const { values } = parseArgs({
  options: { env: { type: "string", default: "prod" }, runs: { type: "string", default: "7" } },
});

await provideEngine();
const session = await openSession(values.env);

async function seconds(extra: string[]): Promise<number> {
  const started = performance.now();
  if ((await session.read(["preview", ...extra])) === undefined)
    throw new Error(`the preview of ${values.env} failed; npm run preview -- --env ${values.env} says why`);
  return (performance.now() - started) / 1000;
}

const pack = ["--policy-pack", "policy"];
// The first run of each fills caches with compiled sources.
await seconds([]);
await seconds(pack);

const without: number[] = [];
const withPack: number[] = [];
for (let run = 0; run < Number(values.runs); run++) {
  without.push(await seconds([]));
  withPack.push(await seconds(pack));
}

const load = (await execa("uptime", { cwd: repository })).stdout.split("load average:")[1]?.trim();
console.log(
  `${values.env}, ${values.runs} runs each: without ${median(without).toFixed(2)} s, with ` +
    `${median(withPack).toFixed(2)} s, ratio ${(median(withPack) / median(without)).toFixed(2)} (best of each ` +
    `${(Math.min(...withPack) / Math.min(...without)).toFixed(2)}); load ${load}`,
);
