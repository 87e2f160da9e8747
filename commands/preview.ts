import { provideEngine } from "../local/provide";
import { command, destroysOption, main } from "./support/cli";
import { sightOf } from "./support/gate";
import { proposesNothing } from "./support/proposal";
import { openSession } from "./support/session";
import { loadSettings } from "./support/settings";

const program = command(
  "preview",
  "Show what `up` would change, with every policy checked. Needs no cluster and no Docker, and changes nothing.",
)
  .option("--diff", "show every property that changes")
  .addOption(destroysOption());

await main(async () => {
  const options = program.parse().opts<{ env: string; diff?: boolean; destroys: string[] }>();
  const { kubeContext } = loadSettings(options.env);
  await provideEngine();
  const session = await openSession(options.env);
  await proposesNothing(
    session,
    ["--policy-pack", "policy", ...(options.diff ? ["--diff"] : [])],
    options.destroys,
    sightOf(kubeContext),
  );
});
