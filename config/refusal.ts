/**
 * What a person can mend: bad input, a stack that is not healthy, a machine that lacks something. The message is a
 * sentence that names what is wrong and what to type; commands print it without a stack trace.
 */
export class Refusal extends Error {
  override readonly name = "Refusal";

  /** By name: an ES module and a CommonJS one that both load this file each have a class of their own. */
  static override [Symbol.hasInstance](error: unknown): boolean {
    return error instanceof Error && error.name === "Refusal";
  }
}
