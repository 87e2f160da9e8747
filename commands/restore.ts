import { createInterface } from "node:readline/promises";
import { Impossible } from "../local/docker/engine";
import { archiveEverything, backUp, inventory, leader, memberCount, removeDatabase, requestRestore, startDatabase } from "./restore/database";
import { firstBackup, restorableMoment } from "./restore/moment";
import { command, main } from "./support/cli";
import { kubectl } from "./support/kubectl";
import { loadSettings } from "./support/settings";

const program = command("restore", "Replace the database by what it was at a moment, from its backups.")
  .option("--to <time>", "the moment, with time zone, for example 2026-01-31T12:00:00Z; without it everything that was saved")
  .option("--yes", "do not ask");

async function confirmed(question: string): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return /^y(es)?$/i.test((await terminal.question(`${question} [y/N] `)).trim());
  } finally {
    terminal.close();
  }
}

await main(async () => {
  const { env, to, yes } = program.parse().opts<{ env: string; to?: string; yes?: boolean }>();
  const settings = loadSettings(env);
  const k = kubectl(settings.kubeContext, settings.namespace);
  const first = firstBackup(await inventory(k), `kubectl --context ${settings.kubeContext} -n ${settings.namespace}`);
  const time = to === undefined ? undefined : restorableMoment(to, first, Date.now());
  const what = time ? `its state at ${time}: what was written later is gone from it` : "everything that was saved";
  if (!yes && !(await confirmed(`This deletes the database in ${settings.namespace} with its volumes and replaces it by ${what}. Go on?`))) {
    throw new Impossible("Nothing was changed.");
  }
  const began = Date.now();
  const members = await memberCount(k);
  const leads = await leader(k);
  if (leads) {
    console.log("saving what the database holds up to now");
    await archiveEverything(k, leads);
  }
  await requestRestore(k, time);
  console.log("removing the database and its volumes");
  await removeDatabase(k, members);
  console.log("restoring");
  const primary = await startDatabase(k, members, (line) => console.log(`  ${line}`));
  const job = await backUp(k, began);
  console.log(`${primary} leads the restored database after ${Math.round((Date.now() - began) / 1000)} s; the others copy it; job ${job} backs it up.`);
});
