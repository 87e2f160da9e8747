import { describe, expect, test } from "vitest";
import { type Resource, UNKNOWN } from "../graph/resource";
import { RULES } from "../../commands/policy/rules";
import { configMap, deployment, networkPolicy, service } from "../../test/policies/objects";
import { evaluate, type EvaluationOptions } from "./evaluate";
import type { Rule } from "./rule";

const rule = (id: string) => RULES.filter((candidate) => candidate.id === id);
const run = (id: string, resources: Resource[], options: Partial<EvaluationOptions> = {}) =>
  evaluate(rule(id), resources, { environment: "prod", ...options });

describe("a value that is not known yet", () => {
  test("is neither a violation nor silence, and names where it is", () => {
    const [finding, ...rest] = run("image-pinned", [deployment("web", { container: { image: UNKNOWN } })]);
    expect(rest).toEqual([]);
    expect(finding).toMatchObject({ outcome: "undecided", level: "mandatory" });
    expect(finding!.message).toContain("spec.template.spec.containers[0].image");
  });

  test("hides nothing about its neighbours", () => {
    const neighbour = { name: "two", image: "nginx:latest" };
    const outcomes = run("image-pinned", [
      deployment("web", { container: { image: UNKNOWN }, pod: { containers: [neighbour] } }),
    ]).map(({ outcome }) => outcome);
    expect(outcomes).toEqual(["undecided", "violation"]);
  });

  test("that a rule does not read decides nothing", () => {
    expect(
      run("read-only-root", [
        deployment("web", { container: { image: UNKNOWN, securityContext: { readOnlyRootFilesystem: true } } }),
      ]),
    ).toEqual([]);
  });

  test("in place of a whole part leaves every rule about that part undecided", () => {
    const web = deployment("web");
    web.props.spec = UNKNOWN;
    expect(run("capabilities-dropped", [web]).map(({ outcome }) => outcome)).toEqual(["undecided"]);
  });

  test("in another resource is named with that resource", () => {
    const web = deployment("web", { pod: { volumes: [{ name: "c", configMap: { name: "web" } }] } });
    const [finding] = run("balancer-leaves-dead-servers", [web, configMap("web", { "haproxy.cfg": UNKNOWN })]);
    expect(finding).toMatchObject({
      outcome: "undecided",
      resource: { name: "web" },
      message: expect.stringContaining("of web"),
    });
  });

  test("among a ConfigMap's variables does not keep its files from being read", () => {
    const web = deployment("web", { pod: { volumes: [{ name: "c", configMap: { name: "web" } }] } });
    const files = configMap("web", {
      HOST: UNKNOWN,
      "haproxy.cfg": "defaults\nfrontend f\nbackend b\n  server s 10.0.0.1:80\n",
    });
    expect(run("balancer-leaves-dead-servers", [web, files]).map(({ outcome }) => outcome)).toContain("violation");
  });

  test("of an image that the program builds itself is decided by what the build is told", () => {
    const urn = "urn:pulumi:dev::shop::docker:index/image:Image::web";
    const image: Resource = {
      type: "docker:index/image:Image",
      name: "web",
      urn,
      props: { imageName: "localhost:5001/web:dev", repoDigest: UNKNOWN },
    };
    const web = { ...deployment("web", { container: { image: UNKNOWN } }), dependencies: { spec: [urn] } };
    expect(run("image-pinned", [image, web])).toEqual([]);
    const config = { "image-registry-allowed": { registries: ["docker.io"] } };
    expect(run("image-registry-allowed", [image, web], { config }).map(({ outcome }) => outcome)).toEqual([
      "violation",
    ]);
  });

  test("of a Service's address is replaced by the dependency that the engine recorded", () => {
    const db = deployment("db", { container: { ports: [{ containerPort: 5432 }] } });
    const dbService = service("db", 5432, { clusterIP: UNKNOWN });
    const web = {
      ...deployment("web", { container: { env: [{ name: "DB", value: UNKNOWN }] } }),
      dependencies: { spec: [dbService.urn!] },
    };
    const shut = networkPolicy("web", { ingress: [], egress: [] });
    expect(run("wiring-permitted", [db, dbService, web, shut]).map(({ outcome }) => outcome)).toEqual(["violation"]);
  });
});

describe("levels", () => {
  const web = [deployment("web")];
  test("follow the environment", () => {
    expect(run("read-only-root", web, { environment: "dev" })[0]!.level).toBe("advisory");
    expect(run("read-only-root", web, { environment: "prod" })[0]!.level).toBe("mandatory");
  });

  test("can be set, and a disabled rule says nothing", () => {
    expect(
      run("read-only-root", web, { config: { "read-only-root": { enforcementLevel: "advisory" } } })[0]!.level,
    ).toBe("advisory");
    expect(run("read-only-root", web, { config: { "read-only-root": { enforcementLevel: "disabled" } } })).toEqual([]);
  });
});

describe("an exemption", () => {
  const exempted = (until: string, reason = "the vendor's image writes to /", resource = "web", today = "2026-03-31") =>
    run("read-only-root", [deployment("web"), deployment("other")], {
      config: { "read-only-root": { exemptions: [{ resource, reason, until }] } },
      today: new Date(`${today}T12:00:00Z`),
    }).filter(({ resource: { name } }) => name === "web");

  test("holds for its resource through its last day, and is still listed", () => {
    expect(exempted("2026-03-31")).toMatchObject([
      { outcome: "exempted", message: expect.stringContaining("exempted until 2026-03-31") },
    ]);
  });

  test("that has ended is a violation again, which says so", () => {
    expect(exempted("2026-03-30")).toMatchObject([
      { outcome: "violation", message: expect.stringContaining("its exemption ended on 2026-03-30") },
    ]);
  });

  test("without a reason or a day does not count", () => {
    for (const finding of [...exempted("2026-12-31", " "), ...exempted("some day")])
      expect(finding).toMatchObject({ outcome: "violation", message: expect.stringContaining("does not count") });
  });

  test("covers no other resource, and can name one by its URN", () => {
    expect(exempted("2026-12-31", "the vendor's image writes", "elsewhere")).toMatchObject([{ outcome: "violation" }]);
    expect(exempted("2026-12-31", "the vendor's image writes", deployment("web").urn)).toMatchObject([
      { outcome: "exempted" },
    ]);
  });
});

test("a rule that fails is named, without a property's value, and keeps nobody else from being judged", () => {
  const failing = (id: string, checks: Rule["checks"]): Rule => ({ ...rule("non-root")[0]!, id, checks });
  const rules = [
    failing("fails-at-one", (graph) =>
      graph.resources.map((resource) => ({
        resource,
        messages: () => [String((resource.props.spec as any).secret.hunter2.length)],
      })),
    ),
    failing("fails-at-all", () => {
      throw new SyntaxError("hunter2");
    }),
    ...rule("image-pinned"),
  ];
  const found = evaluate(rules, [deployment("web", { container: { image: "nginx" } })], { environment: "prod" });
  expect(found.map((finding) => [finding.rule.id, finding.outcome])).toEqual([
    ["fails-at-one", "fault"],
    ["fails-at-all", "fault"],
    ["image-pinned", "violation"],
  ]);
  expect(found[0]!.message).toMatch(/the rule itself failed \(TypeError in /);
  expect(JSON.stringify(found.map(({ message }) => message))).not.toContain("hunter2");
});
