/**
 * A problem that the user can solve: bad input, an unhealthy stack, a machine that lacks something. The message says
 * what is wrong and what to type. Commands print it without a stack trace.
 */
export class Refusal extends Error {
  override readonly name = "Refusal";

  /** Compares names, because an ES module and a CommonJS module that load this file get two different classes. */
  static override [Symbol.hasInstance](error: unknown): boolean {
    return error instanceof Error && error.name === "Refusal";
  }
}
