import { readFileSync } from "node:fs";
import { join } from "node:path";
import { repository } from "../../local/paths";
import type { Declared } from "../../stack-graph";
import { apiFields } from "./api-fields";
import { architecture } from "./architecture";
import { readCoverage } from "../../policy/documentation/coverage";
import { coveragePage, rulesPage } from "../../policy/documentation/pages";
import { RULE_GROUPS, RULES } from "../policy/rules";
import { roomTable } from "./capacity";
import { replacingChanges } from "./changes";
import { alertsOf, argumentsOf, COMPONENTS, makes, outputsOf, usage } from "./component";
import { configurationTable, profileTable } from "./configuration";
import { drillTable } from "./drill-table";
import { earlierTable, measuredTable } from "./drills";
import { keptTables, tableSection } from "./kept-tables";
import { forecastTables, liveTable, queueTable } from "./planner-results";
import { filled, type Section } from "./sections";

/**
 * Every generated part of the documentation.
 *
 * @param all the program's graph in each environment, dev first, with the cluster that the stack file describes
 */
export function sections(all: [Declared, ...Declared[]]): Section[] {
  const [{ graph }] = all;
  return [
    { page: "README.md", name: "architecture", content: architecture(graph) },
    { page: "docs/configuration.md", name: "keys", content: configurationTable() },
    { page: "docs/configuration.md", name: "profiles", content: profileTable() },
    { page: "docs/changes.md", name: "replacing", content: replacingChanges() },
    { page: "docs/configuration.md", name: "room", content: roomTable(all) },
    { page: "docs/drills.md", name: "drills", content: drillTable() },
    { page: "docs/drills.md", name: "measured", content: measuredTable() },
    { page: "docs/drills.md", name: "earlier", content: earlierTable() },
    {
      page: "docs/measurements.md",
      name: "tables",
      content: [...keptTables(), liveTable()].map((kept) => tableSection(kept)).join("\n\n"),
    },
    { page: "docs/planning.md", name: "queues", content: queueTable() },
    { page: "docs/planning.md", name: "forecast", content: forecastTables() },
    ...COMPONENTS.flatMap((component) => {
      const page = `components/${component.folder}/README.md`;
      const inStack = component.name !== undefined && [
        { page, name: "makes", content: makes(component, graph) },
        { page, name: "usage", content: usage(component) },
      ];
      const alerts = component.rules?.length !== 0 && [{ page, name: "alerts", content: alertsOf(component, graph) }];
      return [
        ...(inStack || []),
        { page, name: "arguments", content: argumentsOf(component) },
        { page, name: "outputs", content: outputsOf(component) },
        ...(alerts || []),
      ];
    }),
  ];
}

/** Files that are written as a whole, by path. */
function wholePages(): Record<string, string> {
  const coverage = readCoverage(join(repository, "policy/coverage"));
  return {
    "policy/graph/api.json": apiFields(),
    "docs/policies.md": rulesPage(RULE_GROUPS, coverage),
    "docs/policy-coverage.md": coveragePage(coverage, RULES),
  };
}

/** Pages as they should be, by path, and as they are. */
export function pages(all: Section[]): Map<string, { is: string; should: string }> {
  const written = (page: string): string => readFileSync(join(repository, page), "utf8");
  const result = new Map<string, { is: string; should: string }>();
  for (const [page, should] of Object.entries(wholePages())) result.set(page, { is: written(page), should });
  for (const section of all) {
    const is = result.get(section.page)?.is ?? written(section.page);
    result.set(section.page, { is, should: filled(result.get(section.page)?.should ?? is, section) });
  }
  return result;
}
