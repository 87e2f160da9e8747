import type {
  PolicyResource,
  ReportViolation,
  ResourceValidationArgs,
  ResourceValidationPolicy,
  StackValidationArgs,
  StackValidationPolicy,
} from "@pulumi/policy";
import { describe, expect, test } from "vitest";
import { RULES } from "../../commands/policy/rules";
import { configMap, deployment, service } from "../../test/policies/objects";
import type { Resource } from "../graph/resource";
import { environmentOf } from "./environment";
import { policies } from "./policies";

/** Stands for an unknown value in the examples below. */
const LATER = Symbol("later");
class UnknownValueError extends Error {}

/** Properties as CrossGuard hands them to a policy: reading an unknown one throws. */
function asCrossGuard(value: any): any {
  if (typeof value !== "object" || value === null) return value;
  return new Proxy(value, {
    get(target, key) {
      if (target[key] === LATER) throw new UnknownValueError(`value at .${String(key)} can't be known during preview`);
      return asCrossGuard(target[key]);
    },
  });
}

function pack(config: Record<string, object> = {}, variables: Record<string, string> = {}) {
  const all = policies(RULES, environmentOf(variables));
  const violations: { policy: string; level: string | undefined; message: string; urn?: string }[] = [];
  const report = (name: string, level: string | undefined) => (message: string, urn?: string) =>
    violations.push({ policy: name, level, message, urn });
  const getConfig = (name: string) => () => config[name] ?? {};
  let asked = 0;
  /** One question of the engine's to one policy. */
  const ask = (policy: (typeof all)[number], { type, name, urn, props }: Resource) => {
    const args = {
      type,
      name,
      urn,
      props: asCrossGuard(props),
      getConfig: getConfig(policy.name),
    } as unknown as ResourceValidationArgs;
    const hook = (policy as ResourceValidationPolicy).validateResource as
      | ((args: ResourceValidationArgs, report: ReportViolation) => void)
      | undefined;
    if (hook) hook(args, report(policy.name, policy.enforcementLevel));
  };
  /** What the engine does with each resource as it is registered. */
  const register = (resource: Resource) => {
    for (const policy of all) ask(policy, resource);
  };
  /** What it does at the end of a preview or an update. */
  const finish = (resources: Resource[]) => {
    for (const policy of all as StackValidationPolicy[]) {
      const shown = resources.map(
        ({ type, name, urn, props }) =>
          ({ type, name, urn, props: asCrossGuard(props), propertyDependencies: {} }) as unknown as PolicyResource,
      );
      if (!policy.validateStack) continue;
      asked++;
      void policy.validateStack(
        { resources: shown, getConfig: getConfig(policy.name) } as StackValidationArgs,
        report(policy.name, policy.enforcementLevel),
      );
    }
  };
  const stack: Resource = {
    type: "pulumi:pulumi:Stack",
    name: "shop-prod",
    urn: "urn:pulumi:prod::shop::pulumi:pulumi:Stack::shop-prod",
    props: {},
  };
  const of = (name: string) => violations.filter(({ policy }) => policy === name);
  return { all, ask, register, finish, of, stack, asked: () => asked };
}

describe("the pack", () => {
  test("has a policy for each rule, and asks the recorder first and the undecided last", () => {
    const names = pack().all.map(({ name }) => name);
    expect(names).toEqual(["declared-inputs", ...RULES.map(({ id }) => id), "undecided"]);
    expect(new Set(names).size).toBe(names.length);
    expect(names).not.toContain("all");
  });

  test("reports a violation at its resource, with the fix, at the environment's level", () => {
    const { register, of } = pack({}, { PULUMI_STACK: "dev" });
    register(deployment("web"));
    expect(of("read-only-root")).toMatchObject([
      {
        level: "advisory",
        urn: deployment("web").urn,
        message: expect.stringMatching(/readOnlyRootFilesystem is not true\. Fix: Set/),
      },
    ]);
    expect(of("non-root")[0]).toMatchObject({ level: "mandatory" });
  });

  test("judges the whole graph by what was declared, not by what a cluster added to it", () => {
    const { register, finish, of } = pack();
    const declared = [
      deployment("web", { spec: { strategy: { rollingUpdate: { maxUnavailable: 0 } } } }),
      service("web", 80),
    ];
    declared.forEach(register);
    const answered = declared.map((resource) => ({
      ...resource,
      props: {
        ...resource.props,
        spec: { ...(resource.props.spec as object), replicas: 1, strategy: { rollingUpdate: { maxUnavailable: 1 } } },
      },
    }));
    finish(answered);
    expect(of("rollout-keeps-capacity")).toEqual([]);
    expect(of("request-path-redundant")).toHaveLength(1);
  });

  test("knows an object that is replaced by the name it has in the end", () => {
    const { register, finish, of } = pack();
    const map = (name: string) => ({ ...configMap(name, {}), name: "web-config", urn: "urn:web-config" });
    const web = deployment("web", { pod: { volumes: [{ name: "config", configMap: { name: "web-config-2" } }] } });
    [map("web-config-1"), web].forEach(register);
    finish([map("web-config-2"), web]);
    expect(of("references-exist").filter(({ message }) => message.includes("ConfigMap"))).toEqual([]);
  });

  test(
    "learns a graph rule's configuration from the stack's own resource, and at the end asks only rules that found " +
      "something",
    () => {
      const { register, finish, of, stack, asked } = pack({ "request-path-redundant": { minimum: 3 } });
      const declared = [stack, deployment("web", { spec: { replicas: 2 } }), service("web", 80)];
      declared.forEach(register);
      finish(declared);
      expect(of("request-path-redundant")).toHaveLength(1);
      const found = new Set(RULES.filter(({ id, scope }) => scope === "graph" && of(id).length > 0));
      expect(found.size).toBeGreaterThan(1);
      expect(asked()).toBe(2 + found.size);
    },
  );

  test("loses nothing when the engine asks about two resources at once, or when the recorder is switched off", () => {
    const web = [deployment("one"), deployment("two")];
    const expected = (() => {
      const { register, of } = pack();
      web.forEach(register);
      return RULES.map(({ id }) => of(id).length);
    })();
    for (const known of [true, false]) {
      const { all, ask, register, of, stack } = pack();
      if (known) register(stack);
      const [recorder, ...rest] = all;
      for (const resource of web) ask(recorder!, resource);
      for (const policy of rest) for (const resource of web) ask(policy, resource);
      expect(RULES.map(({ id }) => of(id).length)).toEqual(expected);
    }
    const { all, ask, of } = pack();
    for (const resource of web) for (const policy of all.slice(1)) ask(policy, resource);
    expect(RULES.map(({ id }) => of(id).length)).toEqual(expected);
    expect(expected.reduce((sum, count) => sum + count)).toBeGreaterThan(20);
  });

  test("gives the same answers when the stack's own resource was never seen", () => {
    const answers = (known: boolean) => {
      const { register, finish, of, stack } = pack({ "spread-over-zones": { zones: 2 } });
      const declared = [...(known ? [stack] : []), deployment("web", { spec: { replicas: 2 } }), service("web", 80)];
      declared.forEach(register);
      finish(declared);
      return RULES.flatMap(({ id }) => of(id));
    };
    expect(answers(true)).toEqual(answers(false));
  });

  test("judges what it never saw declared, a resource that an update left alone, by its outputs", () => {
    const { finish, of } = pack();
    finish([deployment("web"), service("web", 80)]);
    expect(of("request-path-redundant")).toHaveLength(1);
  });

  test("says of an unknown value what could not be decided and when it will be, counts it, and goes on", () => {
    const { register, finish, of } = pack();
    const web = deployment("web", { container: { image: LATER } });
    register(web);
    finish([web]);
    expect(of("image-pinned")).toEqual([]);
    expect(of("non-root")).toHaveLength(1);
    const [first, total] = of("undecided");
    expect(first).toMatchObject({ level: "advisory", urn: web.urn });
    expect(first!.message).toMatch(
      /^image-pinned \(mandatory\) could not be decided: .*containers\[0\]\.image.* before this resource is made$/,
    );
    expect(total!.message).toBe("1 checks could not be decided, 1 of them mandatory");
  });

  test("decides in the update, where the value is known", () => {
    const { register, of } = pack();
    register(deployment("web", { container: { image: LATER } }));
    register(deployment("web", { container: { image: "nginx:latest" } }));
    expect(of("image-pinned")).toHaveLength(1);
  });

  test("takes settings and exemptions from CrossGuard's configuration", () => {
    const exemption = { resource: "web", reason: "an image of the vendor's", until: "2999-01-01" };
    const { register, of } = pack({
      "image-registry-allowed": { registries: ["docker.io"] },
      "non-root": { exemptions: [exemption] },
    });
    register(deployment("web"));
    expect(of("image-registry-allowed")).toHaveLength(1);
    expect(of("non-root")).toEqual([]);
  });
});

describe("what the engine tells about the stack", () => {
  const facts = (stack: string, config: object = {}) =>
    environmentOf({ PULUMI_PROJECT: "shop", PULUMI_STACK: stack, PULUMI_CONFIG: JSON.stringify(config) });

  test("the environment is the configuration's, else the stack's name, else prod", () => {
    expect(facts("dev").environment).toBe("dev");
    expect(facts("acme/shop/staging").environment).toBe("staging");
    expect(facts("alice").environment).toBe("prod");
    expect(facts("alice", { "shop:environment": "dev" }).environment).toBe("dev");
    expect(environmentOf({}).environment).toBe("prod");
    expect(environmentOf({ PULUMI_CONFIG: "{" }).environment).toBe("prod");
  });

  test("zones and nodes come from the stack's own configuration", () => {
    expect(facts("prod", { "shop:zones": "3", "shop:nodes": 6, "other:zones": 9 }).settings).toEqual({
      zones: 3,
      nodes: 6,
    });
    expect(facts("prod", { "shop:zones": "many" }).settings).toEqual({});
  });
});
