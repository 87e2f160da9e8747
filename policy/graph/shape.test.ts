import { describe, expect, test } from "vitest";
import { UNKNOWN } from "./resource";
import { shaped } from "./shape";

const deployment = (spec: unknown) => shaped("apps/v1", "Deployment", { metadata: { name: "web" }, spec } as any);
const wrong = (spec: unknown) => deployment(spec).misshapen.map(({ path, wanted }) => `${path}: ${wanted}`);

describe("null is not set", () => {
  test.each([
    [{ replicas: null, strategy: { rollingUpdate: null } }, { strategy: {} }],
    [{ template: { spec: { volumes: null, containers: [null] } } }, { template: { spec: { containers: [{}] } } }],
    [{ template: { metadata: { labels: { app: null } } } }, { template: { metadata: { labels: {} } } }],
    [
      { template: { spec: { containers: [{ command: ["a", null] }] } } },
      { template: { spec: { containers: [{ command: ["a", ""] }] } } },
    ],
    [{ ofTomorrow: { deep: null, kept: 1 } }, { ofTomorrow: { kept: 1 } }],
  ])("%j", (spec, read) => {
    expect(deployment(spec)).toMatchObject({ misshapen: [] });
    expect(deployment(spec).props.spec).toEqual(read);
  });

  test("in objects of other people's kinds too", () => {
    expect(shaped("example.org/v1", "Thing", { metadata: null, spec: { a: null, b: [{ c: null }] } })).toEqual({
      props: { spec: { b: [{}] } },
      misshapen: [],
      templates: [],
    });
  });
});

describe("a value that the API refuses is named, and read as not set", () => {
  test.each([
    [{ replicas: "3" }, "spec.replicas: an integer"],
    [{ replicas: 1.5 }, "spec.replicas: an integer"],
    [{ paused: "yes" }, "spec.paused: true or false"],
    [{ template: { metadata: { labels: { app: 1 } } } }, "spec.template.metadata.labels.app: a text"],
    [{ template: { spec: { containers: {} } } }, "spec.template.spec.containers: a list"],
    [{ template: [] }, "spec.template: a map of fields"],
    [
      { template: { spec: { containers: [{ resources: { limits: { cpu: "lots" } } }] } } },
      "spec.template.spec.containers[0].resources.limits.cpu: an amount such as 500m or 1Gi",
    ],
  ])("%j", (spec, message) => expect(wrong(spec)).toEqual([message]));

  test.each([
    [{ strategy: { rollingUpdate: { maxSurge: "25%", maxUnavailable: 0 } } }],
    [{ template: { spec: { containers: [{ resources: { limits: { cpu: 2, memory: "1e3" } } }] } } }],
    [{ replicas: UNKNOWN, template: { spec: UNKNOWN } }],
  ])("%j is fine", (spec) => {
    expect(wrong(spec)).toEqual([]);
    expect(deployment(spec).props.spec).toEqual(spec);
  });

  test("a version that is no longer served is read like the newest, and nothing is said of its types", () => {
    const budget = shaped("policy/v1beta1", "PodDisruptionBudget", { spec: { selector: null, minAvailable: {} } });
    expect(budget).toEqual({ props: { spec: {} }, misshapen: [], templates: [] });
  });
});

describe("pod templates in objects of other people's kinds", () => {
  const template = { spec: { containers: [{ name: "web", image: "web:1" }], volumes: null } };
  const places = (props: Record<string, unknown>, kind = "Thing") => shaped("example.org/v1", kind, props).templates;

  test.each([
    [{ spec: { template } }, [["spec", "template"]]],
    [
      { spec: { tasks: [{ template }, { template }] } },
      [
        ["spec", "tasks", 0, "template"],
        ["spec", "tasks", 1, "template"],
      ],
    ],
    [{ spec: { containers: [{ name: "web" }] } }, []],
    [{ spec: { template: { spec: { containers: [] } } } }, []],
    [{ status: { template }, metadata: { template } }, []],
  ])("%j", (props, found) => expect(places(props)).toEqual(found));

  test("are read like any pod's", () => {
    const { props, misshapen } = shaped("example.org/v1", "Thing", {
      spec: { template: { spec: { ...template.spec, hostNetwork: "yes" } } },
    });
    expect(props.spec).toEqual({ template: { spec: { containers: template.spec.containers } } });
    expect(misshapen.map(({ path }) => path)).toEqual(["spec.template.spec.hostNetwork"]);
  });

  test("a patch of Pulumi's declares a part of one only", () => {
    expect(shaped("apps/v1", "DeploymentPatch", { spec: { template } }).templates).toEqual([]);
  });
});
