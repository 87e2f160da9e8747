/**
 * Judges other people's manifests: every YAML and JSON file under some folders that is no template. No fault may come of
 * it. The module proxy of Go serves operators as files, for example
 * `npx tsx bench/policy-files.ts "$(go mod download -json github.com/cert-manager/cert-manager@v1.21.2 | jq -r .Dir)"`.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { RULES } from "../commands/policy/rules";
import { Graph } from "../policy/graph/graph";
import { evaluateRule } from "../policy/engine/evaluate";
import { readManifests } from "../policy/manifests/read";
import { count } from "../policy/report/summary";

const { positionals } = parseArgs({ allowPositionals: true });

/** A template of Helm's or Go's: kubectl would be given what it renders. */
const TEMPLATE = /\{\{/;

const totals = positionals.map((folder) => {
  const total = { folder, files: 0, objects: 0, mandatory: 0, unread: 0, unknownKinds: 0, faults: 0 };
  for (const entry of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
    if (!/\.(ya?ml|json)$/.test(entry)) continue;
    const text = readFileSync(join(folder, entry), "utf8");
    if (TEMPLATE.test(text) || !/["']?apiVersion["']?\s*:/.test(text)) continue;
    const { resources, unread } = readManifests(text, entry);
    const graph = new Graph(resources);
    const findings = RULES.flatMap((rule) => evaluateRule(rule, graph, { environment: "prod" }));
    const { mandatory, faults } = count(findings);
    total.files++;
    total.objects += resources.length;
    total.unread += unread.length;
    total.mandatory += mandatory;
    total.unknownKinds += graph.unknownKinds.length;
    total.faults += faults;
    for (const { rule, message } of findings.filter(({ outcome }) => outcome === "fault"))
      console.error(`${join(folder, entry)}: ${rule.id} ${message}`);
  }
  return { ...total, folder: folder.split("/").slice(-2).join("/") };
});
console.table(totals);
process.exitCode = totals.some(({ faults }) => faults > 0) ? 1 : 0;
