/**
 * An input that makes no sense, or one for which no plan exists. The message names the input, its value, the reason and
 * what to give instead; callers that word it differently find the parts in the fields.
 */
export class PlanError extends Error {
  override readonly name = "PlanError";

  /**
   * @param input the input as its user knows it, for example `rate` or `slo.latencyMs`
   * @param value what was given, with its unit
   * @param reason why it cannot be used
   * @param fix what to give instead
   */
  constructor(
    readonly input: string,
    readonly value: string,
    readonly reason: string,
    readonly fix: string,
  ) {
    super(`${input} is ${value}: ${reason}. ${fix}.`);
  }
}

/**
 * Whether something thrown is a `PlanError`. Compares names, because an ES module and a CommonJS module that both load
 * this file get two different classes.
 */
export const isPlanError = (error: unknown): error is PlanError => error instanceof Error && error.name === "PlanError";

/**
 * Checks that `value` is a finite number inside the bounds. `above` excludes its bound, `atLeast` and `atMost`
 * include theirs.
 *
 * @throws PlanError naming `input` and the bounds
 */
export function requireNumber(
  input: string,
  value: number,
  bounds: { above?: number; atLeast?: number; atMost?: number; whole?: boolean; unit?: string },
): void {
  const { above, atLeast, atMost, whole, unit = "" } = bounds;
  const low =
    above !== undefined ? `more than ${above}${unit}` : atLeast !== undefined ? `at least ${atLeast}${unit}` : "";
  const high = atMost !== undefined ? `at most ${atMost}${unit}` : "";
  const range = [low, high].filter(Boolean).join(" and ");
  const allowed = `${whole ? "a whole number" : "a number"}${range && ` of ${range}`}`;
  const fits =
    Number.isFinite(value) &&
    (above === undefined || value > above) &&
    (atLeast === undefined || value >= atLeast) &&
    (atMost === undefined || value <= atMost) &&
    (!whole || Number.isInteger(value));
  if (!fits)
    throw new PlanError(
      input,
      `${value}${Number.isFinite(value) ? unit : ""}`,
      `it must be ${allowed}`,
      `Give ${input} ${allowed}`,
    );
}
