import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { RULE_GROUPS, RULES } from "../rules/all";
import { readCoverage } from "./coverage";
import { coveragePage, rulesPage } from "./pages";

const DOCS = join(__dirname, "..", "..", "docs");
const coverage = readCoverage();

writeFileSync(join(DOCS, "policies.md"), rulesPage(RULE_GROUPS, coverage));
writeFileSync(join(DOCS, "policy-coverage.md"), coveragePage(coverage, RULES));
