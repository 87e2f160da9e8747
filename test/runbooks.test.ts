import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { parse } from "yaml";
import { programGraph } from "../stack-graph";
import type { AlertRule, RuleGroup } from "../components/common/observability";

const root = join(__dirname, "..");
let alerts: AlertRule[];

beforeAll(async () => {
  const graph = await programGraph("prod");
  const rules = graph.find(({ type, name }) => type.endsWith(":ConfigMap") && name === "prometheus-rules")!;
  const groups = Object.values(rules.props.data as Record<string, string>).flatMap(
    (file) => (parse(file) as { groups: RuleGroup[] }).groups,
  );
  alerts = groups.flatMap((group) => group.rules.filter((rule): rule is AlertRule => "alert" in rule));
});

/** A heading as GitHub makes a link of it. */
const anchor = (heading: string) =>
  heading
    .toLowerCase()
    .replace(/[^\w\s-]/g, "")
    .trim()
    .replace(/\s+/g, "-");

test("every alert of the whole stack has a summary and leads to a section of a runbook that exists", () => {
  expect(alerts.length).toBeGreaterThan(30);
  for (const { alert, annotations } of alerts) {
    expect(annotations.summary, alert).toBeTruthy();
    const [file, section] = annotations.runbook_url.split("#");
    expect(file, alert).toMatch(/^components\/[\w-]+\/runbook\.md$/);
    expect(existsSync(join(root, file!)), `${alert}: ${file}`).toBe(true);
    if (section === undefined) continue;
    const sections = [...readFileSync(join(root, file!), "utf8").matchAll(/^#+ (.*)$/gm)].map(([, heading]) =>
      anchor(heading!),
    );
    expect(sections, `${alert}: ${annotations.runbook_url}`).toContain(section);
  }
});
