import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";

/**
 * The numbers that one module goes by: the constants that hold a number of their own, and the numbers that have no
 * name. What only takes something apart (an index, a base, a mask, 0 and 1 as they count) is in neither.
 */
export interface Numbers {
  named: string[];
  nameless: number[];
}

/**
 * The numbers of a folder of Python, by module (`backup.server`), its tests left out. A time counts whatever it is:
 * `timeout=1`, `sleep(1)`, a parameter's default.
 *
 * @param folder a path
 */
export function pythonNumbers(folder: string): Record<string, Numbers> {
  const program = join(__dirname, "numbers.py");
  return JSON.parse(execFileSync("python3", ["-B", program, folder], { encoding: "utf8" })) as Record<string, Numbers>;
}

/** The numbers of one script in Lua: constants are written in capitals, at its outermost level. */
export function numbersOfLua(source: string): Numbers {
  const code = source.replace(/--.*$|"[^"\n]*"|'[^'\n]*'/gm, "");
  const constant = /^(?:local )?([\w.]+(?:, [\w.]+)*) = (.*)$/gm;
  const own = [...code.matchAll(constant)].filter(
    ([, name, value]) => /^[\w.]*\b[A-Z]/.test(name!) && /\d/.test(value!),
  );
  const rest = own.reduce((left, [line]) => left.replace(line, ""), code);
  const numbers = [...rest.matchAll(/(?<![\w.%])\d+(?:\.\d+)?(?:e\d+)?/g)].map(([digits]) => Number(digits));
  const named = own.flatMap(([, names]) => names!.split(", ")).sort();
  return { named, nameless: [...new Set(numbers)].filter((number) => number > 1).sort((a, b) => a - b) };
}

/**
 * The same of a folder of scripts, by their names.
 *
 * @param folder a path
 */
export function luaNumbers(folder: string): Record<string, Numbers> {
  const files = readdirSync(folder).filter((file) => file.endsWith(".lua"));
  return Object.fromEntries(
    files.map((file) => [basename(file, ".lua"), numbersOfLua(readFileSync(join(folder, file), "utf8"))]),
  );
}

/** Every constant as `module.NAME`, in order. */
export const named = (numbers: Record<string, Numbers>): string[] =>
  Object.entries(numbers)
    .flatMap(([module, { named: names }]) => names.map((name) => `${module}.${name}`))
    .sort();

/** The numbers without a name, of the modules that have any. */
export const nameless = (numbers: Record<string, Numbers>): Record<string, number[]> =>
  Object.fromEntries(
    Object.entries(numbers)
      .filter(([, { nameless: found }]) => found.length > 0)
      .map(([module, { nameless: found }]) => [module, found]),
  );
