import { parseAllDocuments } from "yaml";
import { fileForm } from "../../commands/plan/forms";
import { parseSettings } from "../../config/parse";
import { evaluate } from "../../policy/engine/evaluate";
import { parsePolicyConfig } from "../../policy/manifests/config";
import { readManifests } from "../../policy/manifests/read";
import { RULES } from "../../commands/policy/rules";
import { stackConfig } from "../../stack-graph";

/**
 * Reads YAML with the code that is meant to read it: manifests with the policies, a stack file with the configuration,
 * a load with the planner.
 *
 * @throws Error with what is wrong
 */
export function readYaml(text: string): void {
  const documents = parseAllDocuments(text);
  const error = documents.flatMap(({ errors }) => errors)[0];
  if (error) throw error;
  const [first] = documents.map((document) => document.toJS() as Record<string, unknown>);
  if (first && "kind" in first && "apiVersion" in first) return judge(text);
  if (first && "config" in first)
    return void parseSettings(stackConfig("dev", first["config"] as Record<string, unknown>));
  if (first && "load" in first) return void fileForm.parse(first);
  throw new Error("it is no manifest, no stack file and no load for the planner: say what reads it");
}

/** Checks manifests with the policies. @throws Error with the findings of mandatory rules */
function judge(text: string): void {
  const { resources, unread } = readManifests(text, "page");
  if (unread[0]) throw new Error(unread[0].why);
  const findings = evaluate(RULES, resources, { environment: "prod", config: {} }).filter(
    ({ level }) => level === "mandatory",
  );
  if (findings.length > 0) throw new Error(findings.map(({ rule, message }) => `${rule.id}: ${message}`).join("\n"));
}

/** Reads JSON: the pages have settings of the policies. @throws Error with what is wrong */
export function readJson(text: string): void {
  parsePolicyConfig(text, RULES);
}
