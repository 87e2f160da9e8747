import { ExecaError } from "execa";
import { Refusal } from "../../config/refusal";
import type { Kubectl } from "../../cluster/kubectl";
import { CONTAINERS, hook } from "../../components/postgres/operations";

/**
 * Asks the agent beside a database member for something (components/postgres/image/holdfast/hook.py) and returns what it
 * says.
 *
 * @param pod a member's pod, or `statefulset/postgres` for any member
 * @throws Refusal with the agent's own sentence where it refuses
 */
export async function askAgent(k: Kubectl, pod: string, ...words: string[]): Promise<string> {
  try {
    return await k.exec(pod, CONTAINERS.agent, ...hook(...words));
  } catch (error) {
    if (!(error instanceof ExecaError)) throw error;
    const said = String(error.stderr)
      .split("\n")
      .filter((line) => !line.startsWith("command terminated"));
    const sentence = said.join("\n").trim();
    // No sentence means that kubectl itself failed.
    throw sentence === "" ? error : new Refusal(sentence);
  }
}
