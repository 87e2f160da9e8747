import { readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * Text of a file that lies beside the code, with the line endings that are stored: a checkout that converts them would
 * be another ConfigMap.
 *
 * @param path its folder and name, joined
 */
export const storedText = (...path: string[]): string => readFileSync(join(...path), "utf8").replaceAll("\r\n", "\n");
