import { beforeAll, describe, expect, test } from "vitest";
import type { RegisteredResource } from "../../graph/registered";
import { programGraph } from "../../stack-graph";
import { blocksOf } from "./blocks";
import { readJson, readYaml } from "./data";
import { namedIn } from "./inline";
import { unknownTo } from "./kubectl";
import { commandsOf } from "./shell";
import { study } from "./shell-block";

describe("blocks", () => {
  test("come with language, reason and section, also in a list; a comment counts just before them", () => {
    const page = [
      "<!-- not run: needs a cluster -->",
      "",
      "```sh",
      "ls",
      "```",
      "<!-- x:begin -->",
      "```ts",
      "```",
      "<!-- x:end -->",
      "- a list",
      "  ```json",
      "  {",
      '    "a": 1',
      "  }",
      "  ```",
      "<!-- not run: of another -->",
      "words",
      "```yaml",
      "a: 1",
      "```",
    ].join("\n");
    expect(blocksOf("p.md", page)).toEqual([
      { page: "p.md", line: 3, language: "sh", text: "ls", reason: "needs a cluster" },
      { page: "p.md", line: 7, language: "ts", text: "", section: "x" },
      { page: "p.md", line: 11, language: "json", text: '{\n  "a": 1\n}' },
      { page: "p.md", line: 18, language: "yaml", text: "a: 1" },
    ]);
  });

  test("without an end are an error", () => expect(() => blocksOf("p.md", "```sh\nls")).toThrow("p.md:1"));
});

test.each<[string, string[][]]>([
  [
    "npm ci && npm run up # once",
    [
      ["npm", "ci"],
      ["npm", "run", "up"],
    ],
  ],
  ["curl -H 'a: b' \\\n  -d '{\"c\": 1}' http://x", [["curl", "-H", "a: b", "-d", '{"c": 1}', "http://x"]]],
  [
    "helm template x | npm run -s policy -- -",
    [
      ["helm", "template", "x"],
      ["npm", "run", "-s", "policy", "--", "-"],
    ],
  ],
  [
    'eval "$(npm run -s env -- --env prod)"',
    [
      ["npm", "run", "-s", "env", "--", "--env", "prod"],
      ["eval", ""],
    ],
  ],
  ["export A=b\nA=b pulumi up; exit", [["pulumi", "up"], ["exit"]]],
  ["http://127.0.0.1/#top", [["http://127.0.0.1/#top"]]],
])("shell: %s", (text, commands) => expect(commandsOf(text)).toEqual(commands));

test.each<[string, RegExp]>([
  ["npm run upp", /no script upp/],
  ["npm run up --context kind-kind", /follow `--`/],
  ["npm ci --prefix shop", /there is no shop/],
  ["npm instal", /unknown here/],
  ["npm install ./holdfast-9.9.9.tgz", /unknown here/],
  ["npx tsx bench/idel.ts", /there is no bench\/idel\.ts/],
  ["cd example/redis-and-web", /there is no example/],
  ["pulumi config set webReplica 3", /Pulumi\.yaml has no key webReplica/],
  ["cd examples/redis-and-web\npulumi config set nodes 3", /examples\/redis-and-web\/Pulumi\.yaml has no key nodes/],
  ["pulumi preview --policy-pack policies", /there is no policies/],
  ["pulumi preveiw", /unknown here/],
])("%s is found", (text, problem) => expect(study(text).problems).toEqual([expect.stringMatching(problem)]));

test("what a piece of shell configures, for which stack, and what is somebody else's", () => {
  const { problems, sets, foreign, folder } = study(
    "pulumi stack init prod\npulumi config set nodes 6\npulumi config set webAppImage …\npulumi config set " +
      "postgresImage a/b@sha256:…\nkind get clusters\ncd app",
  );
  expect(problems).toEqual([]);
  expect(sets).toEqual({ env: "prod", values: { nodes: "6", postgresImage: `a/b@sha256:${"a".repeat(64)}` } });
  expect(foreign).toEqual([["kind", "get", "clusters"]]);
  expect(folder).toBe("app");
});

test("commands in a page's text: whole ones, names alone, and what goes on in a row of a table", () => {
  const page =
    "`npm run up` and `npm run down -- --all`, not `up`\n```\n`npm run env`\n```\n| `npm run status` | `-- --env " +
    "prod` | `x` |";
  expect(namedIn("p.md", page).map(({ line, text, name }) => [line, text, name])).toEqual([
    [1, "npm run up", true],
    [1, "npm run down -- --all", false],
    [5, "npm run status", true],
    [5, "npm run status -- --env prod", false],
  ]);
});

describe("kubectl", () => {
  let graph: RegisteredResource[];
  beforeAll(async () => {
    graph = await programGraph("dev");
  });

  test.each<[string, string[]]>([
    ["kubectl -n online-shop port-forward statefulset/prometheus 9090", []],
    ["kubectl -n shop get pods", ["namespace shop"]],
    ["k rollout undo deploy/web", ["Deployment web"]],
    ["k create job --from=cronjob/backup by-hand", ["CronJob backup"]],
    ["k get pods -l app.kubernetes.io/name=web", ["pod labelled web"]],
    ["k logs postgres-N -c agnt | tail", ["postgres with a container agnt"]],
    ["k exec postgres-0 -c postgres -- psql -c x", []],
    ["k delete pod pg-0", ["StatefulSet pg"]],
    ["k describe hpa web", ["HorizontalPodAutoscaler web"]],
    ["k describe pod POD", []],
  ])("%s", (text, missing) => {
    expect(commandsOf(text).flatMap((words) => unknownTo(graph, words))).toEqual(
      missing.map((what) => `the stack has no ${what}`),
    );
  });
});

test.each<[string, (text: string) => void, string, RegExp]>([
  ["a load with a wrong key", readYaml, "load: { rat: 3 }", /rat/],
  ["a stack file with a value that is refused", readYaml, "config: { nodes: many }", /nodes/],
  [
    "a manifest that a policy refuses",
    readYaml,
    "apiVersion: v1\nkind: Pod\nmetadata: { name: a }\nspec: { containers: [{ name: a, image: 'a:latest' }] }",
    /: /,
  ],
  ["YAML that nothing reads", readYaml, "a: 1", /say what reads it/],
  ["YAML that is none", readYaml, "a: [1", /./],
  ["settings of a rule that there is not", readJson, '{ "image-registries": "disabled" }', /image-registr/],
])("%s is found", (_, reader, text, problem) => expect(() => reader(text)).toThrow(problem));
