// STAND-IN for the official Pulumi plugin `random`, which no package registry has. It has the resource RandomPassword
// only, with the official plugin's inputs, outputs, secrets and id, so that each can take over the other's state.
import { randomInt } from "node:crypto";
import { hashSync } from "bcryptjs";
import { secret, serve, type Properties, type ResourceType } from "./serve";

const CLASSES = {
  lower: "abcdefghijklmnopqrstuvwxyz",
  upper: "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
  numeric: "0123456789",
  special: "!@#$%&*()-_=+[]{}<>:?",
} as const;
type Class = keyof typeof CLASSES;

/** Inputs whose change makes another password; the official provider replaces on the same ones. */
const REPLACES = [
  "keepers",
  "length",
  "lower",
  "upper",
  "numeric",
  "number",
  "special",
  "overrideSpecial",
  "minLower",
  "minUpper",
  "minNumeric",
  "minSpecial",
];

const minimum = (name: Class): string => `min${name[0]?.toUpperCase()}${name.slice(1)}`;
const pick = (characters: string): string => characters.charAt(randomInt(characters.length));

/** Inputs with every default filled in, as they stand in the outputs. */
function settings(inputs: Properties): Properties {
  const numeric = inputs["numeric"] ?? inputs["number"] ?? true;
  return {
    lower: true,
    upper: true,
    special: true,
    minLower: 0,
    minUpper: 0,
    minNumeric: 0,
    minSpecial: 0,
    ...inputs,
    numeric,
    number: numeric,
  };
}

/** A password of the asked length: first the characters each class must have, then any allowed, then shuffled. */
export function generate(inputs: Properties): string {
  const chosen = settings(inputs);
  const characters = (name: Class): string =>
    name === "special" ? String(chosen["overrideSpecial"] ?? CLASSES.special) : CLASSES[name];
  const names = (Object.keys(CLASSES) as Class[]).filter((name) => chosen[name] === true);
  const required = names.flatMap((name) =>
    Array.from({ length: Number(chosen[minimum(name)]) }, () => pick(characters(name))),
  );
  const allowed = names.map(characters).join("");
  const result = [
    ...required,
    ...Array.from({ length: Number(chosen["length"]) - required.length }, () => pick(allowed)),
  ];
  for (let i = result.length - 1; i > 0; i--) {
    const j = randomInt(i + 1);
    [result[i], result[j]] = [result[j] ?? "", result[i] ?? ""];
  }
  return result.join("");
}

const randomPassword: ResourceType = {
  check: async (inputs) => inputs,
  replaces: (olds, news) =>
    REPLACES.filter(
      (key) => JSON.stringify(olds[key]) !== JSON.stringify(key in news ? news[key] : settings(news)[key]),
    ),
  changes: () => false,
  create: async (inputs) => {
    const result = generate(inputs);
    return {
      id: "none",
      outs: {
        ...settings(inputs),
        id: "none",
        result: secret(result),
        bcryptHash: secret(hashSync(result.slice(0, 72), 10)),
        // The Terraform bridge's version of the state's schema.
        __meta: JSON.stringify({ schema_version: "3" }),
      },
    };
  },
};

if (require.main === module) serve({ "random:index/randomPassword:RandomPassword": randomPassword });
