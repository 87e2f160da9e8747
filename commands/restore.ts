import { setTimeout } from "node:timers/promises";
import { InvalidArgumentError, Option } from "commander";
import { ensureClusterTools } from "../local/engine/tools";
import { catalogue } from "../components/postgres/restore/catalogue";
import { discard, restore, resume, type Session, undo } from "../components/postgres/restore/flows";
import { listing } from "../components/postgres/restore/list";
import { kubectlObjects } from "../components/postgres/restore/objects";
import { openStore } from "../components/postgres/restore/store";
import { command, main } from "./support/cli";
import { lockStack } from "./support/lock";
import { loadSettings } from "./support/settings";
import { askPerson } from "./support/terminal";

function timelineNumber(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text))
    throw new InvalidArgumentError("a timeline is a number from 1 on; --list shows them.");
  return Number(text);
}

const program = command(
  "restore",
  "Bring the database to what it was at a moment, from its backups. The old volumes are kept until they are discarded.",
)
  .option("--list", "what can be restored, and which old data is kept; changes nothing")
  .option(
    "--to <time>",
    "the moment, with time zone, for example 2026-01-31T12:00:00Z; without it everything that was saved",
  )
  .addOption(
    new Option("--timeline <number>", "the history that is meant, where several had that moment").argParser(
      timelineNumber,
    ),
  )
  .addOption(
    new Option("--resume", "go on with a restore that was cut off").conflicts(["to", "timeline", "undo", "discard"]),
  )
  .addOption(
    new Option(
      "--undo [name]",
      "go back to old data that is kept; without a name, to that of before the restores",
    ).conflicts(["to", "timeline", "discard"]),
  )
  .addOption(
    new Option("--discard [name]", "delete old data that is kept; without a name, all of it").conflicts([
      "to",
      "timeline",
    ]),
  )
  .option("--yes", "do not ask");

interface Options {
  env: string;
  list?: boolean;
  to?: string;
  timeline?: number;
  resume?: boolean;
  undo?: string | true;
  discard?: string | true;
  yes?: boolean;
}

/** Asks the user a question; true where this answer was given, for `y` also `yes`. */
async function confirm(question: string, answer: string): Promise<boolean> {
  const prompt = answer === "y" ? `${question} [y/N] ` : `${question}\nType ${answer} to go on: `;
  const given = await askPerson(prompt);
  return answer === "y" ? /^y(es)?$/i.test(given) : given === answer;
}

const nameOf = (value: string | true): string | undefined => (value === true ? undefined : value);

await main(async () => {
  const options = program.parse().opts<Options>();
  const settings = loadSettings(options.env);
  const { namespace } = settings;
  await ensureClusterTools(["kubectl"]);
  const objects = kubectlObjects(settings.kubeContext, namespace);
  if (options.list) {
    const [{ journal }, found] = await Promise.all([openStore(objects, namespace), catalogue(objects)]);
    console.log(listing(found, journal));
    return;
  }
  // A killed `up` may have left the engine's lock; the next `up` clears it, not this command.
  lockStack("restore", false);
  const session: Session = {
    objects,
    namespace,
    members: settings.postgres.replicas,
    say: console.log,
    pause: (milliseconds) => setTimeout(milliseconds),
    now: () => new Date(),
    confirm: options.yes ? async () => true : confirm,
  };
  if (options.resume) await resume(session);
  else if (options.undo !== undefined) await undo(session, nameOf(options.undo));
  else if (options.discard !== undefined) await discard(session, nameOf(options.discard));
  else await restore(session, options);
});
