import { provideEngine } from "../local/provide";
import { ensureClusterTools } from "../local/engine/tools";
import { command, main } from "./support/cli";
import { openSession } from "./support/session";

const program = command(
  "env",
  'Print the exports with which plain `pulumi` and `kubectl` work in this shell: eval "$(npm run -s env)"',
);

/** Quotes a value for a shell. */
const quoted = (value: string): string => `'${value.replaceAll("'", "'\\''")}'`;

await main(async () => {
  const { env } = program.parse().opts<{ env: string }>();
  const path = process.env["PATH"];
  await provideEngine();
  await ensureClusterTools();
  const session = await openSession(env);
  const variables: Record<string, string | undefined> = {
    ...session.env,
    PULUMI_STACK: env,
    PULUMI_HOME: process.env["PULUMI_HOME"],
  };
  for (const [name, value] of Object.entries(variables))
    if (value !== undefined) console.log(`export ${name}=${quoted(value)}`);
  // tsx and npm also put folders of this checkout on PATH; print only those of the tools.
  const added = (process.env["PATH"] ?? "").split(":").filter((folder) => !(path ?? "").split(":").includes(folder));
  if (added.length > 0) console.log(`export PATH=${added.map(quoted).join(":")}:"$PATH"`);
});
