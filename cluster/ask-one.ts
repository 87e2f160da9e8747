import { ExecaError } from "execa";
import { Refusal } from "../config/refusal";
import type { Kubectl } from "./kubectl";

/**
 * Runs a program in a pod, and returns what it prints.
 *
 * @throws Refusal with the program's own sentence where it refuses
 */
export async function askOne(cluster: Kubectl, pod: string, container: string, program: string[]): Promise<string> {
  try {
    return await cluster.exec(pod, container, ...program);
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
