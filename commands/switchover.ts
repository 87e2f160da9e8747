import { ExecaError } from "execa";
import { Impossible } from "../local/docker/engine";
import { command, main } from "./support/cli";
import { kubectl } from "./support/kubectl";
import { loadSettings } from "./support/settings";

const program = command("switchover", "Hand the database over to another member, without a failed statement.")
  .option("--to <member>", "who is to lead, for example postgres-1; without it the best standby");

await main(async () => {
  const { env, to } = program.parse().opts<{ env: string; to?: string }>();
  const settings = loadSettings(env);
  const k = kubectl(settings.kubeContext, settings.namespace);
  try {
    console.log(await k("exec", "statefulset/postgres", "-c", "agent", "--", "python3", "-S", "/opt/holdfast/hook.py", "switchover", ...(to ? [to] : [])));
  } catch (error) {
    if (error instanceof ExecaError) throw new Impossible(String(error.stderr).split("\n").filter((line) => !line.startsWith("command terminated")).join("\n").trim());
    throw error;
  }
});
