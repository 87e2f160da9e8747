import { closest } from "fastest-levenshtein";
import { KEYS, type KeyName } from "./keys";

/** One problem of the configuration, in the parts of its message. */
export interface Problem {
  /** The key as it is typed. */
  key: string;
  /** The value; left out where it may be a secret, or is missing. */
  value?: string;
  /** What a value may be, as a phrase. */
  allowed: string;
  /** The command that mends it. */
  type: string;
}

/** The configuration is refused; the message is for a person and needs no stack trace. */
export class ConfigError extends Error {
  /** Tells Pulumi's runtime to print the message alone. */
  readonly hideStack = true;

  constructor(readonly problems: Problem[]) {
    super(["The configuration is refused:", ...problems.map(sentence)].join("\n"));
    this.name = "ConfigError";
  }
}

function sentence({ key, value, allowed, type }: Problem): string {
  const found = value === undefined ? "" : ` is ${JSON.stringify(value)}, but`;
  return `  ${key}${found} must be ${allowed}.\n    Type: ${type}`;
}

/** The command that sets a key. */
export function setCommand(key: string, value: string): string {
  return `pulumi config set ${key} ${/^[\w.:/=@-]+$/.test(value) ? value : JSON.stringify(value)}`;
}

/** The problem of a value that its key does not allow. A value that may be a secret is not repeated. */
export function refused(name: KeyName, value: string): Problem {
  const { allowed, example } = KEYS[name];
  return {
    key: name,
    ...(name === "alertWebhook" ? {} : { value: value.slice(0, 80) }),
    allowed,
    type: setCommand(name, example),
  };
}

/** The problem of an unknown key, with the most similar key that exists. */
export function unknownKey(name: string): Problem {
  const nearest = closest(name, Object.keys(KEYS));
  return {
    key: name,
    allowed: `a key that exists; the nearest is ${nearest}`,
    type: `pulumi config rm ${name}, then ${setCommand(nearest, KEYS[nearest as KeyName].example)}`,
  };
}
