/** Words that YAML 1.1 reads as something else than text. */
const WORDS = new Map<string, boolean | null | number>([
  ...["y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"].map((word) => [word, true] as const),
  ...["n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"].map((word) => [word, false] as const),
  ...["", "~", "null", "Null", "NULL"].map((word) => [word, null] as const),
  ...[".nan", ".NaN", ".NAN"].map((word) => [word, Number.NaN] as const),
  ...[".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"].map((word) => [word, Number.POSITIVE_INFINITY] as const),
  ...["-.inf", "-.Inf", "-.INF"].map((word) => [word, Number.NEGATIVE_INFINITY] as const),
]);

const INTEGER = /^([+-]?)(?:0[xX]([0-9a-fA-F]+)|0[bB]([01]+)|0[oO]?([0-7]+)|(0|[1-9][0-9]*))$/;
const FLOAT = /^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$/;
/** The range of Go's int64 and uint64 together. */
const [LEAST, MOST] = [-(2n ** 63n), 2n ** 64n - 1n];

function integer(text: string): number | undefined {
  const [, sign, hex, binary, octal, decimal] = INTEGER.exec(text) ?? [];
  const digits = hex ? `0x${hex}` : binary ? `0b${binary}` : octal ? `0o${octal}` : decimal;
  if (digits === undefined) return undefined;
  const value = sign === "-" ? -BigInt(digits) : BigInt(digits);
  return value < LEAST || value > MOST ? undefined : Number(value);
}

/**
 * What kubectl reads in a plain scalar, one without quotes. Its YAML library (go-yaml 2, by sigs.k8s.io/yaml) is of
 * YAML 1.1, with some words and numbers of its own: `yes` and `y` are true, `020` is sixteen, `1:30` and a date stay
 * text. No schema of our own YAML library agrees with it.
 */
export function plainValue(text: string): string | number | boolean | null {
  const word = WORDS.get(text);
  if (word !== undefined) return word;
  if (!/^[-+.\d]/.test(text)) return text;
  const digits = /^[-+]?\._/.test(text) ? text : text.replaceAll("_", "");
  const whole = integer(digits);
  if (whole !== undefined) return whole === 0 ? 0 : whole;
  const float = FLOAT.test(digits) ? Number(digits) : Number.NaN;
  return Number.isFinite(float) ? (float === 0 ? 0 : float) : text;
}
