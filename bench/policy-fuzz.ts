/**
 * Judges made-up objects by every rule: objects out of the API's own schema, with nulls and odd values. No fault may
 * come of it. `npx tsx bench/policy-fuzz.ts --objects 100000 --seed 1`
 */
import { parseArgs } from "node:util";
import { fuzz } from "./manifests/fuzz";

const { values } = parseArgs({
  options: { objects: { type: "string", default: "100000" }, seed: { type: "string", default: "1" } },
});
const { faults, unread, ...counts } = fuzz(Number(values.objects), Number(values.seed));
console.log(JSON.stringify({ ...counts, faults: faults.length }));
for (const fault of faults) console.error(fault);
for (const why of unread) console.error(`not understood: ${why}`);
process.exitCode = faults.length > 0 ? 1 : 0;
