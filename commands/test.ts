import { existsSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { repository } from "../local/paths";
import { demandRoomOnDisk, provideContainers, providePrograms, stepsToBuild } from "../local/provide";
import { command } from "./support/cli";
import { installPackages } from "./support/python-packages";
import { clusterReason, engineReason, ensureStack, restore, type Before, type Reason } from "./tiers/stack";
import { leftOut, tallyLine, TIERS, total, type Tally, type Tier } from "./tiers/tally";
import { countTests, runTier } from "./tiers/vitest";

const program = command(
  "test",
  "Run the tests in three tiers: unit, engine, cluster. What this machine cannot do within minutes is skipped, " +
    "with the reason.",
  false,
).option("--require-cluster", "build whatever is missing, and count a skip as a failure");

const { requireCluster } = program.parse().opts<{ requireCluster?: boolean }>();
const tallies = new Map<Tier, Tally>();
let before: Before | undefined;

/** The shop is a package of its own; its tests need its packages. */
async function installShop(): Promise<void> {
  if (existsSync(join(repository, "app/node_modules"))) return;
  await execa("npm", ["ci", "--no-audit", "--no-fund"], {
    cwd: join(repository, "app"),
    stdio: ["ignore", "inherit", "inherit"],
  });
}

/** Where pip can't install the example's packages, its tests skip themselves; pip has said why. */
const installDjango = (): Promise<unknown> =>
  installPackages(join(repository, "examples/django-shop/app/requirements.txt"));

async function skip(tier: Tier, reason: string): Promise<Tally> {
  console.log(`\n${tier} tier skipped: ${reason}`);
  return { passed: 0, failed: 0, skipped: await countTests(tier) };
}

const REASONS: Record<Tier, () => Promise<Reason>> = {
  unit: async () => undefined,
  engine: engineReason,
  cluster: clusterReason,
};

async function oneTier(tier: Tier): Promise<Tally> {
  const reason = requireCluster ? undefined : await REASONS[tier]();
  if (reason) return skip(tier, reason);
  if (tier === "unit") await Promise.all([installShop(), installDjango()]);
  if (tier === "cluster") before = await ensureStack();
  return runTier(tier, tier === "unit" && requireCluster ? await servers() : {});
}

/** The servers that unit tests try are those of the cluster's images, which are made for the later tiers anyway. */
async function servers(): Promise<Record<string, string>> {
  await provideContainers(console.log);
  await demandRoomOnDisk(await stepsToBuild());
  return providePrograms(console.log);
}

async function cleanUp(): Promise<void> {
  if (!before) return;
  const mine = before;
  before = undefined;
  await restore(mine);
}

function end(interrupted = false): never {
  const sum = total([...tallies.values()]);
  if (interrupted) console.log("\ninterrupted; what follows counts the tiers that ended");
  const left = requireCluster ? leftOut(tallies) : undefined;
  if (left) console.log(`\n${left}\n`);
  else if (sum.skips?.length)
    console.log(
      `\n${sum.skips.length} tests lack a program here; \`npm test -- --require-cluster\` takes PostgreSQL, PgBouncer, ` +
        "Valkey, HAProxy and promtool from the cluster's images (on Linux)\n",
    );
  const failed = sum.failed > 0 || interrupted || left !== undefined;
  if (sum.failures?.length) console.log(["failed:", ...sum.failures].join("\n  "));
  console.log(tallyLine(sum));
  process.exit(failed ? 1 : 0);
}

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(
    signal,
    () =>
      void cleanUp()
        .catch(console.error)
        .finally(() => end(true)),
  );
}

for (const tier of TIERS) {
  const began = Date.now();
  try {
    tallies.set(tier, await oneTier(tier));
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    tallies.set(tier, { passed: 0, failed: 1, skipped: 0, failures: [`${tier}: ${message}`] });
  }
  const tally = tallies.get(tier);
  if (tally) console.log(`\n${tier}: ${tallyLine(tally)} (${Math.round((Date.now() - began) / 1000)} s)\n`);
}
await cleanUp().catch((error: unknown) => {
  console.error(error);
  tallies.set("cluster", { ...(tallies.get("cluster") ?? { passed: 0, skipped: 0 }), failed: 1 });
});
end();
