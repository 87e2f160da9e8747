import { Refusal } from "../../../config/refusal";

/**
 * A person accepts a loss by the member's name, typed twice.
 *
 * @throws Refusal where `--to` and `--accept-loss` name two members
 */
export function demandOneName(to: string | undefined, acceptLoss: string | undefined): void {
  if (acceptLoss !== undefined && acceptLoss !== to) {
    throw new Refusal(`--to and --accept-loss have to name one member, not ${to ?? "none"} and ${acceptLoss}.`);
  }
}

/**
 * Asks for the member's name a second time.
 *
 * @param ask asks a person; undefined where there is no terminal
 * @throws Refusal for another answer, and where nobody can be asked
 */
export async function demandTypedAgain(
  member: string,
  ask: ((question: string) => Promise<string>) | undefined,
): Promise<void> {
  if (ask === undefined) {
    const way = `add \`--accept-loss ${member}\``;
    throw new Refusal(`Nobody can be asked here: if what is said of ${member} above may be lost, ${way}.`);
  }
  const warning = "\nMake sure that the lost members stay away meanwhile.";
  const answer = await ask(`${warning} To make ${member} lead and accept that loss, type its name: `);
  if (answer !== member) throw new Refusal("Nothing was changed.");
}
