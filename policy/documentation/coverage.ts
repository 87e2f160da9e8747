import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";

/** The rules that cover a check, or why none does. */
const answer = z.union([z.array(z.string()).min(1), z.string().min(8)]);

const tool = z.strictObject({
  tool: z.string(),
  version: z.string(),
  source: z.url(),
  /** By check: which of our rules covers it, or why none does. */
  checks: z.record(z.string(), answer),
});

/** What another checker or standard asks for, check by check, with our answer. */
export type Coverage = z.infer<typeof tool> & {
  /** Its file in `policy/coverage`. */
  file: string;
};

/**
 * Every checker and standard that the rules were held against.
 *
 * @param folder `policy/coverage`
 */
export function readCoverage(folder: string): Coverage[] {
  return readdirSync(folder)
    .sort()
    .map((file) => ({ file, ...tool.parse(parse(readFileSync(join(folder, file), "utf8"))) }));
}

/** Checks of others that a rule covers, by tool. */
export function othersWith(ruleId: string, coverage: Coverage[]): { tool: string; checks: string[] }[] {
  return coverage
    .map(({ tool: name, checks }) => ({
      tool: name,
      checks: Object.entries(checks)
        .filter(([, found]) => Array.isArray(found) && found.includes(ruleId))
        .map(([check]) => check),
    }))
    .filter(({ checks }) => checks.length > 0);
}
