import { closest } from "fastest-levenshtein";
import { KEYS, type KeyName } from "./keys";

/** One thing wrong with the configuration, in parts so that a test can check that each is there. */
export interface Problem {
  /** The key as it is typed. */
  key: string;
  /** What was found, or left out where the value is a secret's or absent. */
  value?: string;
  /** What would be right. */
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

/** A value that is not of its key's form. A value that may be a secret's is not repeated. */
export function refused(name: KeyName, value: string): Problem {
  const { allowed, example } = KEYS[name];
  return {
    key: name,
    ...(name === "alertWebhook" ? {} : { value: value.slice(0, 80) }),
    allowed,
    type: setCommand(name, example),
  };
}

/** A key that does not exist, with the nearest that does. */
export function unknownKey(name: string): Problem {
  const nearest = closest(name, Object.keys(KEYS));
  return {
    key: name,
    allowed: `a key that exists; the nearest is ${nearest}`,
    type: `pulumi config rm ${name}, then ${setCommand(nearest, KEYS[nearest as KeyName].example)}`,
  };
}
