import { readFileSync } from "node:fs";
import { join } from "node:path";
import { repository } from "../../local/paths";
import type { Declared } from "../../stack-graph";
import { architecture } from "./architecture";
import { roomTable } from "./capacity";
import { replacingChanges } from "./changes";
import { alertsOf, argumentsOf, COMPONENTS, makes, outputsOf, usage } from "./component";
import { configurationTable, profileTable } from "./configuration";
import { measuredTable } from "./drills";
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
    { page: "docs/drills.md", name: "measured", content: measuredTable() },
    ...COMPONENTS.flatMap((component) => {
      const page = `docs/components/${component.folder}.md`;
      return [
        { page, name: "makes", content: makes(component, graph) },
        { page, name: "usage", content: usage(component) },
        { page, name: "arguments", content: argumentsOf(component) },
        { page, name: "outputs", content: outputsOf(component) },
        { page, name: "alerts", content: alertsOf(component, graph) },
      ];
    }),
  ];
}

/** Pages by path, each as it is and as it should be. */
export function pages(all: Section[]): Map<string, { is: string; should: string }> {
  const result = new Map<string, { is: string; should: string }>();
  for (const section of all) {
    const is = result.get(section.page)?.is ?? readFileSync(join(repository, section.page), "utf8");
    result.set(section.page, { is, should: filled(result.get(section.page)?.should ?? is, section) });
  }
  return result;
}
