import { describe, expect, test } from "vitest";
import { destroysData, namespacesGoing, refusal, type Step } from "./data-loss";

const urn = (type: string, name: string): string => `urn:pulumi:dev::holdfast::${type}::${name}`;
const UNDER = urn("pulumi:providers:kubernetes", "kubernetes");
const claims = { spec: { volumeClaimTemplates: [{}] } };

function step(
  op: string,
  type: string,
  id: string,
  more: { keys?: string[]; inputs?: Record<string, unknown>; old?: undefined } = {},
): Step {
  const name = id.split("/").at(-1)!;
  return {
    op,
    type,
    urn: urn(type, name),
    keys: more.keys ?? [],
    old: "old" in more ? undefined : { id, provider: `${UNDER}::1`, inputs: more.inputs ?? claims },
  };
}
const SET = "kubernetes:apps/v1:StatefulSet";
const NAMESPACE = "kubernetes:core/v1:Namespace";
const CLAIM = "kubernetes:core/v1:PersistentVolumeClaim";
const provider = (op: string, ...keys: string[]): Step => ({
  op,
  type: "pulumi:providers:kubernetes",
  urn: UNDER,
  keys,
  old: { id: "1", provider: "", inputs: {} },
});
const elsewhere = provider("replace", "clusterIdentifier");
/** A replacement as the engine plans it: three steps, the keys with the last two. */
const replaced = (type: string, id: string, ...keys: string[]): Step[] => [
  step("delete-replaced", type, id),
  step("replace", type, id, { keys }),
  step("create-replacement", type, id, { keys }),
];

const gone = step("delete", SET, "shop/postgres");
const LARGER = "spec.volumeClaimTemplates[0].spec.resources.requests.storage";

describe("what a plan destroys", () => {
  test.each<[string, Step[], string[]]>([
    ["nothing at all", [], []],
    [
      "what stays, changes in place, is new, or is read",
      ["same", "update", "create", "refresh", "read", "import"].map((op) => step(op, SET, "shop/postgres")),
      [],
    ],
    ["a StatefulSet that is not declared any more", [gone], ["statefulset/shop/postgres"]],
    ["a StatefulSet with other claims", replaced(SET, "shop/postgres", LARGER), ["statefulset/shop/postgres"]],
    [
      "a StatefulSet without claims holds nothing",
      [step("delete", SET, "shop/pooler", { inputs: { spec: { replicas: 2 } } })],
      [],
    ],
    [
      "one of which nothing is known may",
      [step("delete", SET, "shop/unknown", { inputs: {} })],
      ["statefulset/shop/unknown"],
    ],
    ["a namespace, with all that is in it", replaced(NAMESPACE, "shop", "metadata.name"), ["namespace/shop"]],
    [
      "a claim, a volume",
      [step("delete", CLAIM, "shop/data"), step("delete", "kubernetes:core/v1:PersistentVolume", "disk")],
      ["persistentvolumeclaim/shop/data", "persistentvolume/disk"],
    ],
    [
      "two of one name in two namespaces",
      [step("delete", SET, "a/postgres"), { ...step("delete", SET, "b/postgres"), urn: "other" }],
      ["statefulset/a/postgres", "statefulset/b/postgres"],
    ],
    [
      "what a program can make again",
      ["core/v1:ConfigMap", "core/v1:Secret", "apps/v1:Deployment", "batch/v1:Job", "core/v1:NamespaceList"].map(
        (type) => step("delete", `kubernetes:${type}`, "shop/x"),
      ),
      [],
    ],
    ["something new that replaces nothing", [step("create-replacement", SET, "shop/postgres", { old: undefined })], []],
    [
      "the provider, with what is under it",
      [elsewhere, ...replaced(SET, "shop/postgres", "provider")],
      ["provider/kubernetes", "statefulset/shop/postgres"],
    ],
    [
      "a provider alone: nothing under it is left",
      [provider("delete-replaced"), elsewhere, step("create", SET, "shop/postgres", { old: undefined })],
      [],
    ],
    ["a provider, and data under another one", [{ ...elsewhere, urn: "another" }, gone], ["statefulset/shop/postgres"]],
  ])("%s", (_what, steps, names) => {
    expect(destroysData(steps).map(({ name }) => name)).toEqual(names);
  });

  test.each<[string, Step[], string]>([
    ["not declared", [gone], "would be deleted: the program does not declare it"],
    ["claims", replaced(SET, "shop/postgres", LARGER), "its volumes would be others"],
    ["name", replaced(NAMESPACE, "shop", "metadata.name"), "would be replaced: metadata.name would be another"],
    ["provider", replaced(SET, "shop/postgres", "provider"), "with the provider"],
  ])("why: %s", (_what, steps, why) => {
    expect(destroysData(steps)[0]?.why).toContain(why);
  });
});

describe("a namespace in which the cluster has no claim", () => {
  const plan = [
    ...replaced(NAMESPACE, "shop-node", "metadata.name"),
    ...replaced(NAMESPACE, "shop", "metadata.name"),
    gone,
  ];

  test("holds no data; what is in another one does", () => {
    expect(destroysData(plan, ["shop-node"]).map(({ name }) => name)).toEqual([
      "namespace/shop",
      "statefulset/shop/postgres",
    ]);
  });

  test.each<[string, Step[], string[]]>([
    ["each that goes is asked for, once", plan, ["shop-node", "shop"]],
    [
      "one that stays or is new is not",
      [step("same", NAMESPACE, "shop"), step("create", NAMESPACE, "new", { old: undefined })],
      [],
    ],
    ["nor one of another cluster, which can't be asked", replaced(NAMESPACE, "shop", "provider"), []],
    ["nor anything else", [gone], []],
  ])("%s", (_what, steps, names) => expect(namespacesGoing(steps)).toEqual(names));
});

describe("refused unless each is named", () => {
  const losses = destroysData([...replaced(NAMESPACE, "shop", "metadata.name"), gone]);

  test("one sentence has each with its reason, and what to type has all", () => {
    const sentence = refusal(losses, []);
    expect(sentence).toContain(
      "namespace/shop would be replaced: metadata.name would be another; statefulset/shop/postgres would be deleted",
    );
    expect(sentence).toContain("npm run up -- --destroys namespace/shop --destroys statefulset/shop/postgres");
  });

  test.each<[string[], string]>([
    [["namespace/shop"], "statefulset/shop/postgres would be deleted"],
    [["namespace/shop", "statefulset/shop/postgre"], "names statefulset/shop/postgre, which this plan leaves alone"],
    [["namespace/shop", "statefulset/shop/*"], "names statefulset/shop/*"],
    [["all"], "names all"],
  ])("%j is not enough", (named, words) => {
    expect(refusal(losses, named)).toContain(words);
  });

  test("all of them named: it may go on", () =>
    expect(refusal(losses, ["statefulset/shop/postgres", "namespace/shop"])).toBeUndefined());
  test("nothing to lose, nothing to name", () => {
    expect(refusal([], [])).toBeUndefined();
    expect(refusal([], ["namespace/shop"])).toContain("destroys nothing that holds data");
  });

  test("what goes for one reason stands together", () => {
    const both = destroysData(["a/x", "a/y"].flatMap((id) => replaced(SET, id, "metadata.namespace")));
    expect(refusal(both, [])).toContain(
      "statefulset/a/x, statefulset/a/y would be replaced: metadata.namespace would be another.",
    );
  });

  test("larger volumes: where the steps are; another cluster: how the state is read anew", () => {
    const larger = refusal(destroysData(replaced(SET, "shop/redis", "spec.volumeClaimTemplates")), []);
    expect(larger).toContain("components/postgres/runbook.md, Volume filling");
    expect(larger).not.toContain("--destroys");
    const moved = destroysData([elsewhere, ...replaced(SET, "a/b", "provider")]);
    expect(refusal(moved, [])).toContain("npm run up -- --refresh");
  });
});
